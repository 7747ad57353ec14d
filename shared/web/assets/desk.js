// The desk: a scanner that types like a keyboard, and the camera where the browser reads codes, for the search of a
// beneficiary and for the one voucher of an outing. Both only save typing: the server reads the same fields.
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

  const button = document.querySelector("[data-scan]");
  const dialog = document.getElementById("scanner");
  if (!button) return;
  const video = dialog.querySelector("video");
  const said = dialog.querySelector("[role=status]");
  const asked = said.textContent;
  let stream;

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
    dialog.close();
    if (number.length === 29) form.requestSubmit();
    else (birth ?? field).select();
    return true;
  };

  const look = async (detector) => {
    while (dialog.open && stream) {
      const found = await detector.detect(video).catch(() => []);
      if (!dialog.open) return;
      if (found.some((one) => take(one.rawValue))) return;
      if (found.length) said.textContent = "Ce code n’est pas celui d’un e\u2011PASS\u00a0: présentez la carte, le voucher ou le téléphone.";
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
  };

  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    video.srcObject = null;
  };

  const refusals = {
    NotAllowedError: "La caméra n’est pas autorisée pour ce site. Touchez le symbole à gauche de l’adresse, autorisez «\u00a0Caméra\u00a0», puis réessayez. Ou fermez cette fenêtre et saisissez le numéro.",
    NotFoundError: "Cet appareil n’a pas de caméra. Fermez cette fenêtre, puis saisissez le numéro ou passez la carte devant un lecteur de codes-barres.",
    NotReadableError: "La caméra est déjà utilisée par une autre application. Fermez celle-ci, puis réessayez, ou saisissez le numéro.",
  };
  const noDecoder = "Ce navigateur ne lit pas les codes. Fermez cette fenêtre et saisissez le numéro, passez la carte devant un lecteur de codes-barres, ou ouvrez le site dans Chrome sur un téléphone Android.";

  /** In the place of the picture: why there is none, and what to do instead. */
  const giveUp = (words) => {
    stop();
    dialog.classList.add("dark");
    said.textContent = words;
  };

  const open = async (formats) => {
    said.textContent = asked;
    dialog.classList.remove("dark");
    dialog.showModal();
    if (!formats.length || !navigator.mediaDevices?.getUserMedia) return giveUp(noDecoder);
    try {
      const given = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!dialog.open) {
        for (const track of given.getTracks()) track.stop();
        return;
      }
      stream = given;
      video.srcObject = given;
      await video.play();
      await look(new BarcodeDetector({ formats }));
    } catch (error) {
      giveUp(refusals[error.name] ?? "La caméra ne démarre pas. Fermez cette fenêtre et saisissez le numéro.");
    }
  };

  const wanted = ["qr_code", "code_128", "ean_13", "code_39", "itf", "data_matrix"];
  const known = "BarcodeDetector" in window ? BarcodeDetector.getSupportedFormats().catch(() => []) : Promise.resolve([]);
  known.then((known) => {
    const formats = wanted.filter((format) => known.includes(format));
    button.hidden = false;
    button.addEventListener("click", () => open(formats));
    dialog.querySelector("button").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", stop);
    addEventListener("pagehide", () => dialog.close());
  });
})();
