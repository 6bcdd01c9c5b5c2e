/* Searching a copy of the site, which has no server to ask: words and texts come from small files beside it. */
"use strict";

const mirrorSearch = (() => {
  const form = document.querySelector("[data-mirror-search]");
  const count = document.querySelector("[data-count]");
  const list = document.querySelector("[data-results]");
  const root = form.dataset.root;
  const PAGE = 20, WORDS_MAX = 12, LETTERS_MAX = 300, WEIGHT_MAX = 100;
  const KHMER = /^[\u1780-\u17d3\u17dc\u17dd]/;
  const TOKEN = /[\u1780-\u17d3\u17dc\u17dd]+|(?:(?![\u1780-\u17ff_])[\p{L}\p{N}])+/gu;

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

  // (text → [weight, nested words]) of texts with a word, or words that begin so. isAll: it is in too many to tell.
  async function textsWith(word, isLast) {
    const inside = await shard(word), exact = stem(word);
    const begun = isLast && word.length > 1;
    const terms = Object.keys(inside).filter((term) => term === exact || (begun && term.startsWith(word)));
    const found = new Map();
    for (const term of terms) {
      if (!inside[term].length) return { isAll: true, found };
      for (const one of inside[term]) add(found, one, term === exact ? 2 : 1, [0, []], exact);
    }
    return { isAll: false, found };
  }

  // Khmer is written without spaces: a text is found that has all words of one way to cut, whatever words others have.
  // Weights count by letters, as those of one word.
  async function textsWithKhmer(run, isLast) {
    const ways = [{ isAll: true, found: new Map() }];
    for (let at = 0; at < run.length; at++) {
      const way = ways[at], rest = run.slice(at);
      if (!way) continue;
      for (const [word, numbers] of Object.entries(await shard(rest))) {
        const isBegun = isLast && rest.length > 1 && word !== rest && word.startsWith(rest);
        if (!isBegun && !rest.startsWith(word)) continue;
        const part = isBegun ? rest : word, share = part.length / run.length;
        const next = ways[at + part.length] ||= { isAll: false, found: new Map() };
        for (const one of numbers) {
          const before = way.found.get(Math.floor(one / 4)) || (way.isAll && [0, []]);
          if (before) add(next.found, one, isBegun ? 1 : 2, before, part, share);
        }
        if (numbers.length) continue;
        next.isAll ||= way.isAll;
        for (const [text, kept] of way.found) if (!next.found.has(text)) next.found.set(text, kept);
      }
      delete ways[at]; // in too long a run there are too many to keep
    }
    return ways[run.length] || { isAll: false, found: new Map() };
  }

  function add(found, number, exactness, [before, words], term, share = 1) {
    const weight = before + share * ((number % 4) + exactness), text = Math.floor(number / 4);
    if (!found.has(text) || found.get(text)[0] < weight) found.set(text, [weight, [words, term]]);
  }

  async function find(question) {
    const tokens = (plain(question).match(TOKEN) || []).slice(0, WORDS_MAX).map((token) => token.slice(0, LETTERS_MAX));
    let sums = null, ofCommon = new Map();
    for (const [place, token] of tokens.entries()) {
      const isLast = place === tokens.length - 1;
      const { isAll, found } = await (KHMER.test(token) ? textsWithKhmer : textsWith)(token, isLast);
      if (isAll) ofCommon = found;
      else if (sums === null) sums = found;
      else {
        const both = [...sums].filter(([text]) => found.has(text));
        sums = new Map(both.map(([text, [sum, words]]) => {
          const [weight, more] = found.get(text);
          return [text, [sum + weight, [words, more]]];
        }));
      }
    }
    // Notes stand behind the law, and texts that are not confirmed behind them.
    const { ends } = await load("about", 0);
    const order = ([text, [sum]]) => sum + WEIGHT_MAX * ends.filter((end) => text < end).length;
    const texts = [...(sums || ofCommon)].sort((a, b) => order(b) - order(a) || a[0] - b[0]);
    return texts.map(([text, [, words]]) => [text, words]);
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

  async function show(texts) {
    const about = await load("about", 0);
    const language = document.documentElement.lang;
    const prefix = language === "en" ? root : `${root}${language}/`;
    for (const [text, nested] of texts) {
      const terms = nested.flat(Infinity);
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
    const texts = question.trim() ? await find(question) : [];
    if (mine !== asked) return; // typed on meanwhile
    list.replaceChildren();
    document.querySelector("[data-more-button]")?.remove();
    count.textContent = !question.trim() ? "" : !texts.length ? form.dataset.none
      : form.dataset.found.replace("%n", texts.length.toLocaleString("en", { numberingSystem, useGrouping: false }));
    await show(texts.slice(0, PAGE));
    if (mine === asked && texts.length > PAGE) offerMore(texts.slice(PAGE));
  }

  function offerMore(texts) {
    const button = document.createElement("button");
    button.dataset.moreButton = "";
    button.textContent = form.dataset.more;
    button.addEventListener("click", async () => {
      button.remove();
      await show(texts.slice(0, PAGE));
      if (texts.length > PAGE) offerMore(texts.slice(PAGE));
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
