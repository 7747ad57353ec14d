// Shows the next code when this one's half minute is over. The server says how many seconds are left; the clock of the
// phone is never asked, only how time passes on it.
(() => {
  "use strict";
  const find = (selector, from = document) => from.querySelector(selector);
  let code = find("[data-code]");
  if (!code) return;
  find("[data-renew]").hidden = true;

  const GOOD_ON_S = 30; // a code is still taken in the half minute after its own
  let next; // when to ask for the next code, in the time of `performance`
  let asking = false;

  const begin = () => {
    next = performance.now() + 1000 * Number(code.dataset.secondsLeft);
    find("progress", code).hidden = false;
  };

  const ask = async () => {
    asking = true;
    try {
      const answer = await fetch(location.pathname, {
        cache: "no-store",
        headers: { accept: "text/html" },
        signal: AbortSignal.timeout(5000),
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = find("[data-code]", page);
      if (fresh) {
        code.replaceWith(fresh);
        code = fresh;
        begin();
      } else if (answer.status < 500) {
        location.reload(); // signed out, or the card does not pay any more: the page says so
      }
    } catch {
      // No network: the next tick asks again.
    }
    asking = false;
  };

  const tick = () => {
    const left = (next - performance.now()) / 1000;
    find("progress", code).value = Math.max(0, left);
    const stale = left < -GOOD_ON_S;
    code.classList.toggle("stale", stale);
    find(".late", code).hidden = !stale;
    if (left <= 0 && !asking && !document.hidden) ask();
  };

  // While the phone sleeps, its time may stand still: whoever comes back gets a fresh code.
  const wake = () => {
    if (!document.hidden && !asking) ask();
  };
  document.addEventListener("visibilitychange", wake);
  addEventListener("pageshow", (event) => event.persisted && wake());
  begin();
  setInterval(tick, 1000);
})();
