// What makes pages quicker to use. Every page works without it.
(() => {
  "use strict";
  const all = (selector, todo) => document.querySelectorAll(selector).forEach(todo);
  const named = (id) => document.getElementById(id);

  // The summary of faults takes the focus; its links lead into the field, or to the first box of a question.
  const summary = named("summary");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const field = event.target.hash && named(event.target.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      const input = field.matches("fieldset") ? field.querySelector("input") : field;
      input.focus();
      field.scrollIntoView({ block: "center" });
    });
  }

  // The row of tabs begins at the current one, where CSS cannot say so.
  if (!CSS.supports("scroll-initial-target", "nearest")) {
    all(":is(.tabs, .subtabs) [aria-current]", (tab) => {
      const row = tab.closest("ul");
      row.scrollLeft = tab.offsetLeft - row.offsetLeft - 40;
    });
  }

  // The lines of the password's rule tick off (guide §6); the server asks the same of the password.
  const rules = {
    long_enough: (text) => [...text].length >= 8,
    short_enough: (text) => text !== "" && [...text].length <= 24,
    digit: (text) => /[0-9]/.test(text),
    lower_case: (text) => /\p{Lowercase}/u.test(text),
    upper_case: (text) => /\p{Uppercase}/u.test(text),
  };
  all("[data-password-rules]", (list) => {
    const input = named(list.dataset.passwordRules);
    const tick = () => list.querySelectorAll("[data-rule]").forEach((line) => {
      const met = rules[line.dataset.rule](input.value);
      line.classList.toggle("met", met);
      line.lastElementChild.textContent = met ? "\u00a0: respecté" : "";
    });
    if (input) input.addEventListener("input", tick);
  });

  all("[data-reveal]", (button) => {
    const input = named(button.dataset.reveal);
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.firstChild.data = shown ? "Masquer" : "Afficher";
      input.focus();
    });
  });

  // One click, one request. The button comes back with the page (Back), or when no answer came.
  const free = () => all("[aria-busy=true]", (button) => {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  });
  addEventListener("pageshow", free);
  // A page that Back restores from memory is asked for again where it could be out of date: what was found may be paid.
  addEventListener("pageshow", (event) => {
    if (event.persisted && document.querySelector("[data-fresh]")) location.reload();
  });
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    setTimeout(() => form.querySelectorAll("button:not([type=button])").forEach((button) => {
      button.disabled = true;
      button.setAttribute("aria-busy", "true");
    }));
    setTimeout(free, 15000);
  });

  // How an amount was understood, before it is sent.
  const euros = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" });
  all("[data-amount]", (input) => {
    const output = input.closest(".field").querySelector("output");
    const tell = () => {
      const plain = input.value.replace(/[\s\u00a0\u202f]|€\s*$/g, "").replace(",", ".");
      if (!plain) output.textContent = "";
      else output.textContent = /^\d{1,6}(\.\d{1,2})?$/.test(plain) ? "Soit " + euros.format(plain) : "Écrivez par exemple 12,50.";
    };
    input.addEventListener("input", tell);
  });

  // A file that is too big is told at its field, not after it was sent; the server looks again.
  all("[data-max-bytes]", (input) => input.addEventListener("change", () => {
    const max = Number(input.dataset.maxBytes);
    const field = input.closest(".field");
    const big = [...input.files].some((file) => file.size > max);
    const id = input.id + "-size";
    named(id)?.remove();
    field.classList.toggle("faulty", big);
    input.setAttribute("aria-invalid", big);
    if (!big) return;
    input.value = "";
    const error = document.createElement("p");
    error.id = id;
    error.className = "error";
    error.setAttribute("role", "alert");
    error.textContent = "Ce fichier dépasse " + Math.round(max / 1048576) + "\u00a0Mo\u00a0: choisissez-en un plus petit.";
    input.before(error);
  }));

  all("[data-copy]", (button) => {
    if (!navigator.clipboard) return;
    const said = named(button.dataset.copy + "-said");
    button.hidden = false;
    button.addEventListener("click", () => navigator.clipboard.writeText(named(button.dataset.copy).textContent).then(
      () => { said.textContent = "Copié."; },
      () => { said.textContent = "La copie n’est pas permise ici\u00a0: sélectionnez le texte, puis copiez-le."; },
    ));
  });

  all("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
})();
