//! Five hundred young people and fifty places: alone in its file, so that nothing else runs beside it.

use epass_domain::{BeneficiaryId, Standing};
use epass_scenarios::{Answer, Deal, Stage, at_once, count};

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_on_fifty_places_at_once() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(50)).await;
    let all = stage.visitors(500).await;

    let began = std::time::Instant::now();
    let joining = all.iter().cloned().map(|one| {
        let plan = plan.clone();
        async move { one.join(&plan).await }
    });
    let answers = at_once(500, joining).await;
    println!("500 registrations at once: {} ms", began.elapsed().as_millis());
    let errors: Vec<String> = answers.iter().filter(|answer| answer.status != 201).map(Answer::text).collect();
    assert!(errors.is_empty(), "{} errors, as {:?}", errors.len(), errors.first());
    let so = |standing: &str| count(&answers, |answer| answer.json()["standing"] == standing);
    assert_eq!((so("in"), so("waiting")), (50, 450));
    assert_eq!(stage.attendance(&plan).await, (50, 450));
    let (inside, line) =
        (stage.on_the_list(&plan, Standing::In).await, stage.on_the_list(&plan, Standing::Waiting).await);
    assert_eq!((inside.len(), line.len()), (50, 450));
    assert!(stage.listed("").await[0]["full"].as_bool().unwrap(), "lists say so");
    for place in [0, 1, 200, 449] {
        let visitor = all.iter().find(|one| one.id == line[place]).unwrap();
        assert_eq!(visitor.sees(&plan).await["registration"]["rank"], place + 1, "in order of arrival");
    }

    // One leaves, and exactly the first in line has the place and a mail.
    let who = |id: &BeneficiaryId| all.iter().find(|one| one.id == *id).unwrap();
    for place in 0..3 {
        who(&inside[place]).leave(&plan).await.is(200);
        assert_eq!(stage.attendance(&plan).await, (50, 449 - place as u32));
        assert_eq!(who(&line[place]).standing(&plan).await, "in");
        assert_eq!(who(&line[place + 1]).standing(&plan).await, "waiting");
    }
    // Twenty leave at once: the next twenty in line, each told once.
    let leaving = inside[3..23].iter().map(|id| {
        let (one, plan) = (who(id).clone(), plan.clone());
        async move { one.leave(&plan).await }
    });
    let answers = at_once(20, leaving).await;
    assert_eq!(count(&answers, |answer| answer.status == 200), 20);
    assert_eq!(stage.attendance(&plan).await, (50, 427));
    assert_eq!(stage.on_the_list(&plan, Standing::Waiting).await, line[23..]);
    let mut promoted: Vec<String> = line[..23].iter().map(|id| who(id).email.clone()).collect();
    let mut told = stage.told_of_a_place().await;
    promoted.sort();
    told.sort();
    assert_eq!(told, promoted, "each of the promoted is told, once");
}
