/* What the page of the test asks of Apache Annotator: which words of a scope a quote selector means. */
import { createTextQuoteSelectorMatcher } from "@apache-annotator/dom";

window.wordsOf = async (selector) => {
  const words = [];
  for await (const range of createTextQuoteSelectorMatcher(selector)(document.body)) words.push(range.toString());
  return words;
};
