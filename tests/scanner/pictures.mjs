// Reads pictures with the decoder that pages load, in the way in which its worker does: codes as the product draws them
// (shared/scanner/codes), turned, leaning, small, dim, noisy and blurred; pictures without one; and calls that are wrong.
//
//   node tests/scanner/pictures.mjs FILE.wasm...
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const MOST_GZIP = 400 * 1024;
const CODES = {
  card: "2600140532012345",
  phone: "10000000918446744073709551615",
  voucher: "ABCDEFGHJKM",
  link: "https://epass-jeunes.example/sorties/rejoindre/AbCdEfGhIjKlMnOpQrStUv",
};

/** Numbers that look random, the same each time. */
function dice(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Whether a point of a drawing, in modules from its corner, is dark; undefined beside it. */
async function drawing(name) {
  const svg = await readFile(fileURLToPath(new URL(`../../shared/scanner/codes/${name}.svg`, import.meta.url)), "utf8");
  const [, quiet, side] = svg.match(/viewBox="-(\d+) -\d+ (\d+) /).map(Number);
  const dark = new Set();
  for (const [, x, y, length] of svg.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    for (let at = 0; at < Number(length); at += 1) dark.add((Number(y) + quiet) * side + Number(x) + at + quiet);
  }
  assert.ok(dark.size > 100, name);
  const at = (x, y) => (x < 0 || y < 0 || x >= side || y >= side ? undefined : dark.has(Math.floor(y) * side + Math.floor(x)));
  return { side, at };
}

/** A picture of a drawing: each pixel is the mean of nine points. */
function picture({ side, at }, { width = 640, height = 480, size = 6, turned = 0, lean = 0, dark = 20, light = 235, behind = 120, noise = 0, blurred = 0, shadow = 0 }) {
  const random = dice(14);
  const [sin, cos] = [Math.sin((turned * Math.PI) / 180), Math.cos((turned * Math.PI) / 180)];
  const shade = (px, py) => {
    const [x, y] = [px - width / 2, py - height / 2];
    const depth = 1 + (lean * y) / height;
    const found = at((cos * x + sin * y) / size / depth + side / 2, (cos * y - sin * x) / size / depth + side / 2);
    return found === undefined ? behind : found ? dark : light;
  };
  let grey = new Float64Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (const dy of [1 / 6, 1 / 2, 5 / 6]) for (const dx of [1 / 6, 1 / 2, 5 / 6]) sum += shade(x + dx, y + dy);
      grey[y * width + x] = sum / 9;
    }
  }
  for (let round = 0; round < blurred; round += 1) {
    const pixel = (x, y) => grey[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))];
    grey = grey.map((_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      let sum = 0;
      for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) sum += pixel(x + dx, y + dy);
      return sum / 9;
    });
  }
  const pixels = new Uint8Array(width * height * 4).fill(255);
  grey.forEach((value, at) => {
    const lit = value * (1 - (shadow * (at % width)) / width) + noise * (random() - random());
    pixels.fill(Math.max(0, Math.min(255, Math.round(lit))), at * 4, at * 4 + 3);
  });
  return { width, height, pixels };
}

/** Pictures with a code, by what is hard about them. */
const SEEN = {
  "straight": {},
  "a photo of 1280 × 720": { width: 1280, height: 720, size: 12 },
  "small: three pixels a module": { size: 3 },
  "large": { size: 12 },
  "upside down": { turned: 180 },
  "turned by a quarter": { turned: 90 },
  "turned by 17°": { turned: 17 },
  "turned by 45°": { turned: 45 },
  "leaning": { lean: 0.5, size: 8 },
  "leaning and turned": { lean: 0.4, turned: 30, size: 8 },
  "low contrast": { dark: 95, light: 150, behind: 130 },
  "dim": { dark: 8, light: 60, behind: 30 },
  "on a bright screen": { dark: 120, light: 250, behind: 5 },
  "half in the shadow": { shadow: 0.7 },
  "noisy": { noise: 60, size: 8 },
  "out of focus": { blurred: 3, size: 8 },
  "all of it": { turned: 12, lean: 0.2, dark: 60, light: 190, noise: 30, blurred: 1, size: 8 },
};

/** Pictures without one. */
function empty() {
  const [width, height] = [640, 480];
  const random = dice(41);
  const painted = (shade) => {
    const pixels = new Uint8Array(width * height * 4);
    for (let at = 0; at < width * height; at += 1) pixels.fill(shade(at % width, Math.floor(at / width)), at * 4, at * 4 + 4);
    return { width, height, pixels };
  };
  return {
    "black": painted(() => 0),
    "white": painted(() => 255),
    "noise": painted(() => Math.floor(256 * random())),
    "stripes": painted((x) => (x % 6 < 3 ? 0 : 255)),
    "a draughtboard": painted((x, y) => ((x >> 4) + (y >> 4)) % 2 * 255),
    "a slope": painted((x, y) => (x + y) % 256),
  };
}

/** As shared/web/assets/scanner.js does. */
function texts(decoder, { width, height, pixels }) {
  const at = decoder.room(width, height);
  assert.notEqual(at, 0);
  new Uint8Array(decoder.memory.buffer).set(pixels, at);
  const length = decoder.read(width, height);
  return length ? new TextDecoder().decode(new Uint8Array(decoder.memory.buffer, decoder.texts(), length)).split("\0") : [];
}

async function check(file, drawings) {
  const bytes = await readFile(file);
  const gzip = gzipSync(bytes, { level: 9 }).length;
  assert.ok(gzip <= MOST_GZIP, `${gzip} bytes`);
  const compiled = new WebAssembly.Module(bytes);
  assert.deepEqual(WebAssembly.Module.imports(compiled), [], "it asks nothing of the page");
  const decoder = new WebAssembly.Instance(compiled).exports;
  const times = [];
  for (const [how, shown] of Object.entries(SEEN)) {
    for (const [name, drawn] of Object.entries(drawings)) {
      const taken = picture(drawn, shown);
      const begun = performance.now();
      assert.deepEqual(texts(decoder, taken), [CODES[name]], `${name}, ${how}`);
      times.push(performance.now() - begun);
    }
  }
  for (const [what, taken] of Object.entries(empty())) assert.deepEqual(texts(decoder, taken), [], what);
  for (const [width, height] of [[0, 0], [0, 9], [2049, 1], [1280, 1280], [-1, -1], [2 ** 31, 2 ** 31]]) {
    assert.equal(decoder.room(width, height), 0, `${width} × ${height}`);
    assert.equal(decoder.read(width, height), 0, `${width} × ${height}`);
  }
  assert.equal(decoder.read(641, 480), 0, "another size than there was room made for");
  times.sort((one, other) => one - other);
  const ms = (at) => times[Math.floor(at * (times.length - 1))].toFixed(1);
  console.log(`${file}: ${bytes.length} bytes, ${gzip} by gzip; ${times.length} codes read, the median in ${ms(0.5)} ms, the slowest in ${ms(1)} ms`);
}

const drawings = Object.fromEntries(await Promise.all(Object.keys(CODES).map(async (name) => [name, await drawing(name)])));
for (const file of process.argv.slice(2)) await check(file, drawings);
