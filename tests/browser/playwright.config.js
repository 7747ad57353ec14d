// Journeys in Debian's Chromium against the real program, started on a fresh folder of demo data.
import { defineConfig } from "@playwright/test";

const port = Number(process.env.EPASS_PORT ?? 3210);
const target = process.env.CARGO_TARGET_DIR ?? "../../target";

export default defineConfig({
  testDir: ".",
  outputDir: "test-results",
  timeout: 60_000,
  workers: 1,
  reporter: [["list"]],
  use: {
    baseURL: `http://localhost:${port}`,
    locale: "fr-FR",
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
  webServer: {
    command: `${target}/debug/epass-local --port ${port} --data test-results/data --fresh --now 2026-11-20T14:00:00+01:00`,
    url: `http://localhost:${port}/`,
    timeout: 300_000,
    stdout: "ignore",
    reuseExistingServer: false,
  },
});
