/* Searching a copy of the site, which has no server to ask: words and texts come from small files beside it. */
"use strict";

const mirrorSearch = (() => {
  const form = document.querySelector("[data-mirror-search]");
  const count = document.querySelector("[data-count]");
  const list = document.querySelector("[data-results]");
  const root = form.dataset.root;
  const PAGE = 20, WORDS_MAX = 12, WEIGHT_MAX = 100;
  const KHMER = /^[\u1780-\u17d3\u17dc\u17dd]/;
  const TOKEN = /[\u1780-\u17d3\u17dc\u17dd]+|(?:(?![\u1780-\u17ff_])[\p{L}\p{N}])+/gu;
  const CLUSTER = /^[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|[\u17b4-\u17d1\u17dd])*|^[^]/u;

  const files = new Map(), waiting = new Map();

  // The files call this. A page opened from disk may load scripts, and nothing else.
  function take([kind, name, data]) { waiting.get(`${kind}-${name}`)(data); }

  function load(kind, name) {
    const key = `${kind}-${name}`;
    if (!files.has(key)) {
      files.set(key, new Promise((resolve, reject) => {
        waiting.set(key, resolve);
        const script = document.createElement("script");
        script.src = `${root}search/${kind === "about" ? kind : key}.js`;
        script.onerror = reject;
        document.head.append(script);
      }));
    }
    return files.get(key);
  }

  // As the words of the index were made: see lawcompare/mirror/search_index.py.
  function stem(word) {
    if (word.length > 4 && /[^ae]ies$/.test(word)) return word.slice(0, -3) + "y";
    if (word.length > 3 && /[^us]s$/.test(word)) return word.slice(0, -1);
    return word;
  }
  const plain = (text) => text.normalize("NFC").toLowerCase().replace(/[\u200b\u00ad]/g, "")
    .replace(/[\u17e0-\u17e9]/g, (digit) => digit.charCodeAt(0) - 0x17e0)
    .replace(/\bu\.?\s?s\.?\s?c(?:ode\b|\b\.?)/g, "usc ");
  const shardOf = (term) => {
    const start = [...term].slice(0, 2).join("");
    return /^[\x00-\x7f]*$/.test(start) ? start : `x${term.codePointAt(0).toString(16)}`;
  };

  async function shard(term) {
    const about = await load("about", 0);
    const name = shardOf(term);
    return about.shards.includes(name) ? load("words", name) : {};
  }

  // Khmer is written without spaces: cut where the longest word of the index ends, since those are what can be found;
  // by words that only stand behind where none of the law's fits. What is in too many of the law has no numbers.
  async function cutKhmer(run) {
    const cut = [], { ends } = await load("about", 0);
    while (run) {
      const inside = await shard(run), all = Object.keys(inside);
      const fits = (word) => run.startsWith(word) || word.startsWith(run);
      const ofLaw = all.filter((word) => fits(word) && !(inside[word][0] >= ends[0] * 4));
      const known = ofLaw.length ? ofLaw : all.filter(fits);
      const words = known.filter((word) => run.startsWith(word));
      const longest = words.sort((a, b) => b.length - a.length)[0];
      if (known.some((word) => word.startsWith(run))) { cut.push(run); break; }
      const step = longest || run.match(CLUSTER)[0];
      if (longest) cut.push(longest); else cut.push(step);
      run = run.slice(step.length);
    }
    return cut;
  }

  async function termsOf(question) {
    const terms = [];
    for (const token of plain(question).match(TOKEN) || []) {
      if (KHMER.test(token)) terms.push(...await cutKhmer(token));
      else terms.push(token);
      if (terms.length >= WORDS_MAX) break;
    }
    return terms.slice(0, WORDS_MAX);
  }

  // (text → weight) of the texts that hold a word, or of words that begin so; null for one that is in too many.
  async function textsWith(word, isLast) {
    const inside = await shard(word);
    const exact = KHMER.test(word) ? word : stem(word);
    const begun = isLast && word.length > 1;
    const terms = Object.keys(inside).filter((term) => term === exact || (begun && term.startsWith(word)));
    const weights = new Map();
    for (const term of terms) {
      if (!inside[term].length) return null;
      for (const one of inside[term]) {
        const weight = (one % 4) + (term === exact ? 2 : 1), text = Math.floor(one / 4);
        weights.set(text, Math.max(weights.get(text) || 0, weight));
      }
    }
    return weights;
  }

  async function find(question) {
    const terms = await termsOf(question);
    let sums = null;
    for (const [place, term] of terms.entries()) {
      const weights = await textsWith(term, place === terms.length - 1);
      if (weights === null) continue;
      if (sums === null) sums = weights;
      else {
        const both = [...sums].filter(([text]) => weights.has(text));
        sums = new Map(both.map(([text, sum]) => [text, sum + weights.get(text)]));
      }
    }
    // Notes stand behind the law, and texts that are not confirmed behind them.
    const { ends } = await load("about", 0);
    const order = ([text, sum]) => sum + WEIGHT_MAX * ends.filter((end) => text < end).length;
    const texts = [...(sums || [])].sort((a, b) => order(b) - order(a) || a[0] - b[0]).map(([text]) => text);
    return { texts, terms: terms.map((term) => (KHMER.test(term) ? term : stem(term))) };
  }

  // The words looked for, marked in the words shown.
  function mark(element, text, terms) {
    const low = text.toLowerCase();
    let at = 0;
    while (at < text.length) {
      const places = terms.map((term) => [low.indexOf(term, at), term.length]).filter(([start]) => start >= 0);
      const next = places.sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
      if (!next) break;
      const marked = document.createElement("mark");
      marked.textContent = text.slice(next[0], next[0] + next[1]);
      element.append(text.slice(at, next[0]), marked);
      at = next[0] + next[1];
    }
    element.append(text.slice(at));
    return element;
  }

  async function show(texts, terms) {
    const about = await load("about", 0);
    const language = document.documentElement.lang;
    const prefix = language === "en" ? root : `${root}${language}/`;
    for (const text of texts) {
      const rows = await load("texts", Math.floor(text / about.perFile));
      const [file, title, place, language, words] = rows[text % about.perFile];
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = `${prefix}${encodeURI(file)}`;
      link.lang = language;
      item.append(mark(link, title, terms));
      for (const part of [place, words].filter(Boolean)) {
        const line = document.createElement("p");
        line.className = part === place ? "remark" : "law";
        line.lang = language;
        item.append(part === place ? (line.append(part), line) : mark(line, part, terms));
      }
      list.append(item);
    }
  }

  // In the reader's digits.
  const numberingSystem = document.documentElement.lang === "km" ? "khmr" : "latn";
  let asked = 0;
  async function search(question) {
    const mine = ++asked;
    const { texts, terms } = question.trim() ? await find(question) : { texts: [], terms: [] };
    if (mine !== asked) return; // typed on meanwhile
    list.replaceChildren();
    document.querySelector("[data-more-button]")?.remove();
    count.textContent = !question.trim() ? "" : !texts.length ? form.dataset.none
      : form.dataset.found.replace("%n", texts.length.toLocaleString("en", { numberingSystem, useGrouping: false }));
    await show(texts.slice(0, PAGE), terms);
    if (mine === asked && texts.length > PAGE) offerMore(texts.slice(PAGE), terms);
  }

  function offerMore(texts, terms) {
    const button = document.createElement("button");
    button.dataset.moreButton = "";
    button.textContent = form.dataset.more;
    button.addEventListener("click", async () => {
      button.remove();
      await show(texts.slice(0, PAGE), terms);
      if (texts.length > PAGE) offerMore(texts.slice(PAGE), terms);
    });
    list.after(button);
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); search(form.q.value); });
  form.q.addEventListener("input", () => {
    clearTimeout(form.later);
    form.later = setTimeout(() => search(form.q.value), 150);
  });
  const begun = new URLSearchParams(location.search).get("q");
  // Not before this script is through, since the files call it by its name.
  setTimeout(() => { if (begun) form.q.value = begun; if (form.q.value) search(form.q.value); form.q.focus(); });
  return { take };
})();
