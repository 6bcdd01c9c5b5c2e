/* Reads kept laws where there is no network. It keeps what a reader asked to keep (offline.js) and nothing else: never
   a page that was merely read, and each page as a visitor gets it, without any cookie. */
"use strict";

const KEPT = "kept-laws";
const STATIC = "/static/";
const SECONDS_BETWEEN_CHECKS = 60;
// Withdrawn, private or moved (0: it leads elsewhere). What a proxy answers of its own, such as 429, takes nothing.
const GONE = [0, 401, 403, 404, 410, 451];
const AS_A_VISITOR = { credentials: "omit", cache: "no-cache", redirect: "manual" };
let checkedAt = 0;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(answerPage(event, address));
  else if (address.pathname.startsWith(STATIC)) event.respondWith(answerFile(request));
});

// A page asks for pages to be kept, and is told whether all of them are.
self.addEventListener("message", (event) => {
  const [port] = event.ports;
  event.waitUntil(keep(event.data.keep).then(() => port.postMessage("kept"), () => port.postMessage("failed")));
});

async function answerPage(event, address) {
  try {
    const response = await fetch(event.request);
    event.waitUntil(check());
    return response;
  } catch (error) {
    checkedAt = 0; // when there is a network again, what is kept is looked at first of all
    const cache = await caches.open(KEPT);
    const language = /^\/[a-z]{2}(-[A-Za-z]+)?(?=\/)/.exec(address.pathname);
    const instead = language ? `${language[0]}/offline/` : "/offline/";
    const kept = await cache.match(address.href, { ignoreVary: true })
      ?? await cache.match(address.href, { ignoreVary: true, ignoreSearch: true })
      ?? await cache.match(instead, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

async function answerFile(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(KEPT)).match(request.url, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

// All of the pages, or none: what was there before stays as it was.
async function keep(addresses) {
  const responses = await Promise.all(addresses.map((address) => fetch(address, AS_A_VISITOR)));
  const isPublic = (response) => response.status === 200 && response.headers.get("Cache-Control")?.includes("public");
  if (!responses.every(isPublic)) throw new Error("not a public page");
  const cache = await caches.open(KEPT);
  for (const [place, response] of responses.entries()) await keepPage(cache, addresses[place], response);
}

async function keepPage(cache, address, response) {
  const words = await response.clone().text();
  const files = [...words.matchAll(/\s(?:href|src)="(\/static\/[^"]+)"/g)].map((match) => match[1]);
  for (const file of new Set(files)) {
    if (await cache.match(file, { ignoreVary: true })) continue;
    const content = await fetch(file, { credentials: "omit" });
    if (content.status === 200) await cache.put(file, content);
  }
  await cache.put(address, response);
}

// With the network back, a kept page is made new; one that was withdrawn, or is not public any more, goes.
async function check() {
  if (Date.now() - checkedAt < SECONDS_BETWEEN_CHECKS * 1000) return;
  checkedAt = Date.now();
  const cache = await caches.open(KEPT);
  for (const { url } of await cache.keys()) {
    if (new URL(url).pathname.startsWith(STATIC)) continue;
    let response;
    try {
      response = await fetch(url, AS_A_VISITOR);
    } catch {
      checkedAt = 0; // the network is gone again
      return;
    }
    if (response.status === 200) await keepPage(cache, url, response);
    else if (GONE.includes(response.status)) await cache.delete(url);
  }
}
