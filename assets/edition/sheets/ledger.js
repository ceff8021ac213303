/* The ledger: one claim after the other, one request in flight, rows filled as answers come. */

import { rememberWords } from "../page/address.js";
import { answerAt, answered, begin, conversation, drop, send } from "../page/conversation.js";
import { SIGNS, element, say, typeset, marked } from "../page/elements.js";
import { triggers, unchanged } from "../page/dash.js";
import { goTo } from "./rows.js";

// What is known of each claim outlives the page, so that coming back shows it again.
const known = {};
let queue = [];
let current = null;
let planned = 0;
let begun = 0;
let filters = { chapter: "all", verdict: "all" };

const at = (id) => document.getElementById(id);
const rows = () => [...document.querySelectorAll("#ledger tr[data-key]")];
const rowOf = (key) => rows().find((row) => row.dataset.key === key);

/* Quiet text with C_W and its like typeset. */
const words = (text) => quiet("span", ...typeset(text));
const quiet = (tag, ...parts) => element(tag, { class: "quiet" }, ...parts);

/* ---- asking ------------------------------------------------------------------------ */

const talk = conversation({
  question: (index, afresh) =>
    answerAt("/claims", `claim=${encodeURIComponent(current)}${index ? `&batch=${index}` : ""}`, afresh),
  arrive: take,
  lost: () => give({ problem: { text: "The server gave no answer." } }),
});

function ask() {
  if (!current && talk.playing && queue.length && at("ledger")) {
    current = queue.shift();
    begin(talk);
    fill(current);
  }
  tell();
}

function take(answer) {
  answered(talk, answer);
  if (answer.problem || answer.finished) {
    give(answer);
    return;
  }
  known[current] = answer;
  fill(current);
  if (talk.playing && at("ledger")) send(talk, answer.done + 1);
  else {
    // Batches so far are kept: the claim goes on where it stands.
    queue.unshift(current);
    current = null;
  }
  tell();
}

function give(answer) {
  const key = current;
  current = null;
  known[key] = answer;
  fill(key);
  ask();
}

function run(keys) {
  queue = [...keys.filter((key) => key !== current), ...queue.filter((key) => !keys.includes(key))];
  planned = queue.length + (current ? 1 : 0);
  begun = performance.now();
  talk.playing = true;
  for (const key of queue) fill(key);
  ask();
}

/* ---- showing ----------------------------------------------------------------------- */

function verdictOf(key) {
  const answer = known[key];
  if (!answer) return "waiting";
  if (answer.problem) return "problem";
  return answer.finished ? answer.check.verdict : "running";
}

function fill(key) {
  const row = rowOf(key);
  if (!row) return;
  const answer = known[key];
  const verdict = verdictOf(key);
  row.dataset.verdict = verdict;
  const waits = queue.includes(key);
  if (answer && answer.check) {
    row.querySelector(".predicted").replaceChildren(...answer.check.statements.map(statement));
    row.querySelector(".measured").replaceChildren(...measured(answer.check));
    for (const cell of row.querySelectorAll(".predicted, .measured")) cell.classList.remove("quiet");
  }
  row.querySelector(".outcome").replaceChildren(...outcome(row, answer, verdict, waits));
  show(row);
}

function statement([label, predicted, verdict], i, all) {
  const line = element("div", { class: "ledger-line" }, words(label), label === predicted ? "" : `: ${predicted}`);
  if (all.length > 1)
    line.append(" ", element("span", { class: `verdict ${verdict}` }, SIGNS[verdict]));
  return line;
}

function measured(check) {
  const quantity = element("div", {}, words(check.quantity));
  if (!check.measured) return [quantity];
  const error = check.sampled ? ` ± ${check.error}` : "";
  const note = check.sampled ? "" : quiet("div", `tolerance ${check.error}`);
  return [quantity, element("div", { class: "ledger-number" }, check.measured + error), note];
}

function outcome(row, answer, verdict, waits) {
  if (verdict === "problem") return [quiet("span", answer.problem.text)];
  if (verdict === "running") {
    const { done, total } = answer;
    return [element("progress", { max: total, value: done }), quiet("div", `${done} of ${total} batches`)];
  }
  if (verdict === "waiting") {
    const runs = current === row.dataset.key;
    return [quiet("span", runs ? "measuring …" : waits ? "waits" : "not run yet")];
  }
  const parts = [marked(verdict)];
  if (verdict !== "agrees")
    parts.push(element("div", { class: "verdict refuted" }, "expected: agrees"));
  if (answer.check.reason) parts.push(quiet("div", answer.check.reason));
  return parts;
}

function tell() {
  if (!at("ledger-all")) return;
  const shown = rows().filter((row) => !row.hidden);
  const all = shown.length === rows().length;
  const bar = at("ledger-progress");
  const working = Boolean(current || queue.length);
  const part = current && known[current]?.total ? known[current].done / known[current].total : 0;
  const done = planned - queue.length - (current ? 1 : 0);
  at("ledger-all").textContent = all ? `Run all ${shown.length}` : `Run these ${shown.length}`;
  at("ledger-all").disabled = !shown.length;
  at("ledger-pause").hidden = bar.hidden = !working;
  at("ledger-pause").textContent = talk.playing ? "Pause" : "Continue";
  bar.max = Math.max(planned, 1);
  bar.value = done + (part < 1 ? part : 0);
  bar.setAttribute("aria-valuetext", `${done} of ${planned} claims`);
  const going = working ? `${done} of ${planned} run${leftOf(done)}${current ? `, now ${current.split(".")[1].replaceAll("_", " ")}` : ""}. ` : "";
  const text = !shown.length ? "No claim is of this kind so far: verdicts come as claims are run." : going + summary();
  say(at("ledger-summary"), text);
}

/* The time that is left if what is left takes as long as what was run. */
function leftOf(done) {
  if (done < 3) return "";
  const seconds = (performance.now() - begun) / done * (planned - done) / 1000;
  return seconds < 90 ? ", about a minute left" : `, about ${Math.round(seconds / 60)} minutes left`;
}

function summary() {
  const count = { agrees: 0, refuted: 0, undecided: 0 };
  let strange = 0;
  for (const row of rows()) {
    const verdict = verdictOf(row.dataset.key);
    if (!(verdict in count)) continue;
    count[verdict] += 1;
    strange += verdict !== "agrees";
  }
  const total = count.agrees + count.refuted + count.undecided;
  if (!total) return "";
  const parts = [`${count.agrees} agree`];
  if (count.refuted) parts.push(`${count.refuted} refuted`);
  if (count.undecided) parts.push(`${count.undecided} undecided`);
  return `${total} of ${rows().length} measured: ${parts.join(", ")}; ` +
    (strange ? `${strange} not as expected.` : "all as expected.");
}

/* ---- filters ----------------------------------------------------------------------- */

function show(row) {
  const { chapter, verdict } = filters;
  const is = row.dataset.verdict;
  const strange = is in SIGNS && is !== "agrees";
  const open = is === "waiting" || is === "running" || is === "problem";
  row.hidden = !((chapter === "all" || row.parentElement.dataset.chapter === chapter) &&
    (verdict === "all" || is === verdict || (verdict === "waiting" && open) ||
      (verdict === "surprise" && strange)));
  const body = row.parentElement;
  body.hidden = ![...body.querySelectorAll("tr[data-key]")].some((r) => !r.hidden);
}

/**
 * Show the rows of a chapter that have a verdict.
 * @param {string} chapter
 * @param {string} verdict
 * @returns {unknown}
 */
export function filter(chapter, verdict) {
  filters = { chapter, verdict };
  if (!triggers().length) opened();
  rows().forEach(show);
  tell();
  rememberWords(filters, "all");
  return unchanged();
}

function opened() {
  // What was under way when the page was left waits until it is asked for again.
  drop(talk);
  if (current) queue.unshift(current);
  current = null;
  talk.playing = !queue.length;
  for (const row of rows()) fill(row.dataset.key);
  goTo();
  tell();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-run], button[data-ledger]");
  if (!button) return;
  if (button.dataset.run) run([button.dataset.run]);
  else if (button.dataset.ledger === "all")
    run(rows().filter((row) => !row.hidden).map((row) => row.dataset.key));
  else {
    talk.playing = !talk.playing;
    ask();
  }
});
