// The camera that reads codes, in the page's `dialog#scanner`. It tells the page each text by the event `scanned`; a page that
// takes one closes the dialog. Where the browser reads no QR code, a decoder of ours does (shared/scanner), in a worker: it
// is fetched when the camera is opened. Everything that it saves can be typed.
(() => {
  "use strict";
  const button = document.querySelector("[data-scan]");
  const dialog = document.getElementById("scanner");
  if (!button || !dialog) return;

  const EVERY_MS = 120;
  const LATE_MS = 4000; // for one picture
  const MOST_PIXELS = 1280 * 720; // the decoder takes up to 2^20
  const TYPE_IT = "fermez cette fenêtre et saisissez le numéro";

  const words = {
    insecure: `La caméra ne s’ouvre qu’à une adresse sûre, qui commence par https://. Rouvrez le site à cette adresse, ou ${TYPE_IT}.`,
    old: `Ce navigateur est trop ancien pour lire les codes. Mettez-le à jour, ou ${TYPE_IT}.`,
    unread: `Le lecteur de codes n’a pas pu être chargé. Vérifiez la connexion, puis fermez cette fenêtre et réessayez. Ou ${TYPE_IT}.`,
    stopped: `La caméra s’est arrêtée. Fermez cette fenêtre et réessayez, ou ${TYPE_IT}.`,
    NotAllowedError: `La caméra n’est pas autorisée pour ce site. Touchez le symbole à côté de l’adresse, autorisez «\u00a0Caméra\u00a0», puis réessayez. Si rien n’est proposé, autorisez la caméra pour ce navigateur dans les réglages de l’appareil. Ou ${TYPE_IT}.`,
    SecurityError: `La caméra est interdite par les réglages de cet appareil ou de ce navigateur. Autorisez-la dans les réglages, ou ${TYPE_IT}.`,
    NotFoundError: "Cet appareil n’a pas de caméra. Fermez cette fenêtre, puis saisissez le numéro ou utilisez un lecteur de codes-barres.",
    NotReadableError: `La caméra est déjà utilisée par une autre application, ou ne répond pas. Fermez l’autre application, puis réessayez. Ou ${TYPE_IT}.`,
  };
  words.OverconstrainedError = words.NotFoundError;
  words.AbortError = words.NotReadableError;

  if (!dialog.showModal) {
    const said = document.createElement("p");
    said.textContent = "Ce navigateur est trop ancien pour scanner avec la caméra\u00a0: saisissez le numéro.";
    button.replaceWith(said);
    return;
  }

  const video = dialog.querySelector("video");
  const said = dialog.querySelector("[role=status]");
  const asked = said.textContent;

  /** A reason that has its own words. */
  class Refusal extends Error {
    constructor(name) {
      super(name);
      this.name = name;
    }
  }

  /** The browser's own reader, or nothing where it reads no QR code. */
  const native = async () => {
    if (!("BarcodeDetector" in window)) return undefined;
    const known = await BarcodeDetector.getSupportedFormats().catch(() => []);
    if (!known.includes("qr_code")) return undefined;
    const wanted = ["qr_code", "code_128", "ean_13", "code_39", "itf", "data_matrix"];
    const detector = new BarcodeDetector({ formats: wanted.filter((format) => known.includes(format)) });
    return { read: async () => (await detector.detect(video)).map((one) => one.rawValue), stop() {} };
  };

  /** Our decoder, once it is loaded. A picture that takes it too long is given up, with the worker that is at it. */
  const ours = async () => {
    if (!("WebAssembly" in window) || !("Worker" in window)) throw new Refusal("old");
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    let worker;

    /** The worker's next answer. */
    const ask = (message, give, late) => new Promise((resolve, reject) => {
      const timer = late && setTimeout(() => reject(new Refusal("late")), late);
      worker.onmessage = ({ data }) => {
        clearTimeout(timer);
        if (data.refused) reject(new Refusal(data.refused));
        else resolve(data.texts);
      };
      worker.onerror = () => {
        clearTimeout(timer);
        reject(new Refusal("unread"));
      };
      worker.postMessage(message, give);
    });
    const stop = () => worker?.terminate();
    const start = () => {
      stop();
      worker = new Worker(dialog.dataset.worker);
      return ask({ decoder: dialog.dataset.decoder }, []);
    };

    const read = async () => {
      const { videoWidth, videoHeight } = video;
      if (!videoWidth || !videoHeight) return [];
      const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (videoWidth * videoHeight)));
      const [width, height] = [Math.floor(videoWidth * scale), Math.floor(videoHeight * scale)];
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      context.drawImage(video, 0, 0, width, height);
      const { buffer } = context.getImageData(0, 0, width, height).data;
      try {
        return await ask({ width, height, buffer }, [buffer], LATE_MS);
      } catch (error) {
        if (error.name !== "late") throw error;
        await start();
        return [];
      }
    };

    await start();
    return { read, stop };
  };

  let stream;
  let turn = 0; // what began in another one is not gone on with

  const release = (given) => given.getTracks().forEach((track) => track.stop());
  const stop = () => {
    turn += 1;
    if (stream) release(stream);
    stream = undefined;
    video.srcObject = null;
  };

  /** In the place of the picture: why there is none, and what to do instead. */
  const giveUp = (why) => {
    stop();
    dialog.classList.add("dark");
    said.textContent = words[why] ?? `La caméra ne démarre pas. Fermez cette fenêtre et réessayez, ou ${TYPE_IT}.`;
  };

  /** Gives what one picture's codes say to the page, for as long as it takes none. */
  const tell = (texts, isOpen) => {
    for (const detail of texts) {
      if (isOpen()) dialog.dispatchEvent(new CustomEvent("scanned", { detail }));
    }
    if (texts.length && isOpen()) said.textContent = `Ce code n’est pas celui qui est attendu ici. ${asked}`;
  };

  /** Reads about eight pictures a second, one at a time. False once the reader failed three times in a row. */
  const look = async (reader, isOpen) => {
    for (let failed = 0; isOpen() && failed < 3;) {
      try {
        tell(await reader.read(), isOpen);
        failed = 0;
      } catch (error) {
        if (error instanceof Refusal) throw error;
        failed += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    return !isOpen();
  };

  /** `look` with this reader, once it is there; it ends with the dialog. */
  const lookWith = async (starting, isOpen) => {
    const slow = setTimeout(() => isOpen() && (said.textContent = "Un instant\u00a0: le lecteur de codes se charge."), 1500);
    try {
      const reader = await starting;
      clearTimeout(slow);
      if (isOpen()) said.textContent = asked;
      return await look(reader, isOpen);
    } finally {
      clearTimeout(slow);
    }
  };

  const open = async () => {
    turn += 1;
    const mine = turn;
    const isOpen = () => dialog.open && turn === mine;
    const started = [];
    const start = (reader) => {
      started.push(reader);
      reader.catch(() => {}); // told where it is waited for; the camera's own refusal is told first
      return reader;
    };
    said.textContent = asked;
    dialog.classList.remove("dark");
    dialog.showModal();
    try {
      if (!window.isSecureContext) throw new Refusal("insecure");
      if (!navigator.mediaDevices?.getUserMedia) throw new Refusal("old");
      const first = start(native().catch(() => undefined).then((found) => found ?? ours()));
      const given = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } } });
      if (!isOpen()) return release(given);
      stream = given;
      for (const track of given.getTracks()) track.addEventListener("ended", () => isOpen() && giveUp("stopped"));
      video.srcObject = given;
      await video.play();
      // A browser may name formats whose service is not there: then ours reads.
      if (!await lookWith(first, isOpen)) await lookWith(start(ours()), isOpen);
    } catch (error) {
      if (isOpen()) giveUp(error.name);
    } finally {
      for (const reader of started) reader.then((one) => one.stop(), () => {});
    }
  };

  button.hidden = false;
  button.addEventListener("click", open);
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", stop);
  addEventListener("pagehide", () => dialog.close());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && stream) dialog.close(); // a refusal stays, to be read after the settings were changed
  });
})();
