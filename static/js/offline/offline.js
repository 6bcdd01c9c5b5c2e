/* The button by which a reader keeps a law on this device, the list of what is kept, and the button that wipes it. */
"use strict";

const KEPT = "kept-laws";

async function keptPages() {
  if (!await caches.has(KEPT)) return []; // not even an empty store is made of what was merely read
  const cache = await caches.open(KEPT);
  const addresses = (await cache.keys()).map(({ url }) => new URL(url));
  return addresses.filter(({ pathname }) => !pathname.startsWith("/static/") && !pathname.endsWith("/offline/"));
}

async function keep(addresses) {
  await navigator.serviceWorker.register("/offline-worker.js");
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => { port1.onmessage = (event) => resolve(event.data); });
  active.postMessage({ keep: addresses }, [port2]);
  return (await answer) === "kept";
}

async function wipe() {
  await caches.delete(KEPT);
  const registration = await navigator.serviceWorker.getRegistration("/");
  await registration?.unregister();
}

async function titleOf(address) {
  const page = await (await caches.open(KEPT)).match(address.href, { ignoreVary: true });
  const words = new DOMParser().parseFromString(await page.text(), "text/html");
  return [words.querySelector("h1")?.textContent.trim() || address.pathname, words.documentElement.lang];
}

async function showList(list, empty) {
  const first = new Map();
  for (const address of await keptPages()) if (!address.search) first.set(address.pathname, address);
  list.replaceChildren();
  for (const address of first.values()) {
    const link = document.createElement("a"), item = document.createElement("li");
    const [title, language] = await titleOf(address);
    Object.assign(link, { href: address.pathname, textContent: title, lang: language });
    item.append(link);
    list.append(item);
  }
  empty.hidden = first.size > 0;
}

async function start(box) {
  const part = (name) => box.querySelector(`[data-${name}]`);
  const [keepButton, wipeButton, status] = ["keep", "wipe", "status"].map(part);
  const list = document.querySelector("[data-kept]");
  const refresh = async () => {
    const kept = await keptPages();
    wipeButton.hidden = kept.length === 0;
    if (list) await showList(list, document.querySelector("[data-nothing]"));
    else status.textContent = kept.some(({ pathname }) => pathname === location.pathname) ? box.dataset.isKept : "";
  };
  keepButton?.addEventListener("click", async () => {
    keepButton.disabled = true;
    status.textContent = box.dataset.working;
    const isKept = await keep(JSON.parse(box.dataset.pages)).catch(() => false);
    keepButton.disabled = false;
    await refresh();
    if (!isKept) status.textContent = box.dataset.failed;
  });
  wipeButton.addEventListener("click", async () => {
    await wipe();
    await refresh();
    status.textContent = box.dataset.wiped;
  });
  await refresh();
  box.hidden = false;
}

if ("serviceWorker" in navigator && "caches" in window) {
  for (const box of document.querySelectorAll("[data-offline]")) start(box);
}
