// The worker of camera.js: runs the decoder of QR codes beside the page, which can end it. First it is told where the decoder
// is, then pictures (RGBA), one at a time; it answers each with the texts of its codes.
"use strict";
let compiled;
let decoder;

const load = async (url) => {
  let bytes;
  try {
    const answer = await fetch(url);
    if (!answer.ok) return { refused: "unread" };
    bytes = await answer.arrayBuffer();
  } catch {
    return { refused: "unread" };
  }
  try {
    compiled = await WebAssembly.compile(bytes);
    decoder = new WebAssembly.Instance(compiled).exports;
    return { texts: [] };
  } catch {
    return { refused: "old" };
  }
};

const read = ({ width, height, buffer }) => {
  try {
    const at = decoder.room(width, height);
    if (!at) return { texts: [] };
    new Uint8Array(decoder.memory.buffer).set(new Uint8Array(buffer), at);
    const length = decoder.read(width, height);
    if (!length) return { texts: [] };
    const texts = new Uint8Array(decoder.memory.buffer, decoder.texts(), length);
    return { texts: new TextDecoder().decode(texts).split("\0") };
  } catch {
    // It ends where a picture leads it into what it does not know, and cannot be used after: the next picture has a new one.
    decoder = new WebAssembly.Instance(compiled).exports;
    return { texts: [] };
  }
};

addEventListener("message", async ({ data }) => postMessage(data.decoder ? await load(data.decoder) : read(data)));
