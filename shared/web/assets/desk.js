// The desk: a scanner that types like a keyboard, and the camera, for the search of a beneficiary and for the one voucher of
// an outing. Both only save typing: the server reads the same fields.
(() => {
  "use strict";
  const form = document.querySelector("form[data-desk]");
  if (!form) return;
  const { card_number: card, file_number: file, voucher_number: voucher, birth_date: birth } = form.elements;
  const numbers = [card, file, voucher].filter(Boolean);

  /** Characters without what stands between groups. On a scanner's wrong layout a hyphen is a 6: the length tells. */
  const bare = (text) => text.replace(/[\s.-]/g, "");
  const isCode = (text) => bare(text).length === 29 || text.trim().length === 29;

  // A scanner types, then Enter. A phone's code is all that is needed; after a number, the birth date is typed next.
  form.addEventListener("keydown", (event) => {
    const typed = event.target;
    if (event.key !== "Enter" || !birth || !typed.matches("input") || typed === birth || isCode(typed.value) || birth.value) return;
    event.preventDefault();
    if (typed.value) birth.focus();
  });

  // It may also type when no field has the cursor, as after a refusal: then a new number begins.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, a, button, dialog")) return;
    if (!/^[0-9A-Za-z&é"'(\-è_çà]$/.test(event.key)) return;
    for (const field of numbers) field.value = "";
    numbers[0].focus();
  });

  /** Puts a number where it belongs. False for what is none of ours. */
  const take = (text) => {
    const number = bare(text).toUpperCase();
    let field;
    if (/^(\d{16}|\d{29})$/.test(number)) field = card;
    else if (/^\d{9}$/.test(number)) field = file;
    else if (/^[0-9A-Z]{11}$/.test(number)) field = voucher;
    if (!field) return false;
    for (const other of numbers) other.value = "";
    field.value = number;
    return true;
  };

  // What the camera read (camera.js). A phone's code needs nothing else; a number is looked at, or the birth date is typed.
  const scanner = document.getElementById("scanner");
  scanner?.addEventListener("scanned", ({ detail: text }) => {
    if (!scanner.open || !take(text)) return;
    scanner.close();
    if (isCode(text)) form.requestSubmit();
    else (birth ?? voucher).select();
  });
})();
