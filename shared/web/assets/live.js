// Keeps the numbers of a page up to date: asks for `data-live-from` (JSON) every few seconds, writes what it tells into each
// `data-live`, and fetches each `data-live-section`, by its name, again when a number changed. In another state than
// `data-live-state`, or when it is refused, it shows `data-live-moved` and stops. The page is whole without it.
(() => {
  "use strict";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const place = document.querySelector("[data-live-from]");
  if (!place) return;

  const EVERY_MS = 5000;
  const euros = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" });
  const options = (accept) => ({ cache: "no-store", headers: { accept }, signal: AbortSignal.timeout(4000) });
  let asking = false;

  const said = (told, name) => (name + "_cents" in told ? euros.format(told[name + "_cents"] / 100) : told[name]);

  // Writes the numbers; says whether one changed.
  const write = (told) => all("[data-live]").map((element) => {
    const value = said(told, element.dataset.live);
    if (value === undefined) return false;
    const bar = element.matches("progress");
    const changed = String(value) !== (bar ? String(element.value) : element.textContent);
    if (changed && bar) element.value = value;
    else if (changed) element.textContent = value;
    return changed;
  }).some(Boolean);

  // Other sections in place of these, but where somebody is at work.
  const renew = async () => {
    const sections = all("[data-live-section]").filter((section) => !section.contains(document.activeElement));
    if (!sections.length) return;
    const answer = await fetch(location.href, options("text/html"));
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const section of sections) {
      const fresh = page.querySelector(`[data-live-section="${section.dataset.liveSection}"]`);
      if (fresh) section.replaceWith(fresh);
    }
  };

  const stop = () => {
    clearInterval(timer);
    all("[data-live-moved]").forEach((message) => { message.hidden = false; });
  };

  const ask = async () => {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch(place.dataset.liveFrom, options("application/json"));
      if (answer.ok) {
        const body = await answer.json();
        const told = { ...body.sortie, ...body };
        if (write(told)) await renew();
        if (place.dataset.liveState && told.state !== place.dataset.liveState) stop();
        if (all("progress[data-live]").some((bar) => bar.value >= bar.max)) clearInterval(timer);
      } else if (answer.status < 500) {
        stop(); // signed out, or in another state: the page says so, and leaves what is being typed alone
      }
    } catch {
      // No network: the next time.
    }
    asking = false;
  };

  document.addEventListener("visibilitychange", ask);
  const timer = setInterval(ask, EVERY_MS);
})();
