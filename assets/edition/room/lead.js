/* A tab that leads: what it shows is told to its room. The sheet for lecturers opens one. */

import { unchanged } from "../page/dash.js";
import { button, element } from "../page/elements.js";
import { here, prefix } from "../page/prefix.js";
import { tellRoom } from "./bar.js";
import { inRoom, leave } from "./follow.js";
import { closeRoom, isOver, linkOf, lookInto, memory, openRoom, showIn } from "./rooms.js";
import { shown } from "./shown.js";

/** @import { Shown } from "./rooms.js" */

/* Milliseconds between two looks at this tab, and after what could not be told. */
const TICK = 100, AGAIN = 1500;
const SHEET = "/teach";

/* The room that this tab leads, and the one that this browser has opened last. */
const led = memory("lead");
const opened = memory("room", true);

/** @type {Shown | null} what the room shows */
let told = null;
let busy = false, notBefore = 0, problem = "";

const grouped = (code) => code.replace(/(.{4})(?=.)/, "$1 ");

/* ---- the room ------------------------------------------------------------------- */

function begin(room) {
  if (inRoom()) leave();
  led.set(room);
  opened.set(room);
  told = null;
  start();
}

function end(text = "") {
  led.set(null);
  opened.set(null);
  problem = text;
  tellRoom("");
  sheet();
}

/* What fails is told again; a room that is over is left. */
async function during(act) {
  busy = true;
  try {
    await act();
    problem = "";
  } catch (error) {
    if (isOver(error)) end("The room is closed.");
    else problem = "The room does not answer; trying again.";
    notBefore = performance.now() + AGAIN;
  }
  busy = false;
  tell();
}

const show = (next) => during(async () => {
  await showIn(led.get(), next);
  told = next;
});

const close = () => during(async () => {
  await closeRoom(led.get());
  end();
});

let clock = 0;
function start() {
  clock ||= setInterval(tick, TICK);
  tick();
  sheet();
}

function tick() {
  if (!led.get()) return;
  tell();
  if (busy || performance.now() < notBefore) return;
  // after a reload: whether it is locked or paused
  if (!told) during(async () => { told = (await lookInto(led.get().code)).shown; });
  else if (!told.paused && !document.hidden && here() !== SHEET) {
    const now = shown();
    if (now && Object.entries(now).some(([name, value]) => told[name] !== value)) show({ ...told, ...now });
  }
}

/* ---- its bar -------------------------------------------------------------------- */

function tell() {
  if (!led.get()) return;
  const flip = (name) => () => { if (told) show({ ...told, [name]: !told[name] }); };
  const code = `You lead room ${grouped(led.get().code)}`;
  const state = [told?.paused && "paused: nobody sees what you do now", told?.locked && "locked: nobody may let go"];
  tellRoom(problem || [code, ...state].filter(Boolean).join(" · "), [
    [told?.paused ? "Go on" : "Pause", flip("paused")],
    [told?.locked ? "Unlock" : "Lock", flip("locked")],
    ["Close room", close],
  ]);
}

/* ---- its place on the sheet for lecturers --------------------------------------- */

/**
 * The sheet has been laid out, or what this tab leads changes: the room's card, or how one is opened.
 * @returns {unknown}
 */
export function sheet() {
  const room = led.get();
  document.getElementById("teach-room")?.replaceChildren(...(room ? card(room.code) : [form(), ...resumed()]));
  return unchanged();
}

/* A room that was opened in this browser, but is led by no tab that is known of. */
const resumed = () => (opened.get()
  ? [button(`Lead room ${grouped(opened.get().code)} from this tab`, () => begin(opened.get()))] : []);

function form() {
  const secret = element("input", { type: "password", id: "room-secret", autocomplete: "off", required: "" });
  const note = element("p", { role: "status", class: "quiet" }, problem);
  const submit = async (event) => {
    event.preventDefault();
    try {
      begin(await openRoom(secret.value));
    } catch (error) {
      note.textContent = error.status ? error.message : "The server does not answer.";
    }
  };
  return element("form", { class: "room-form", onsubmit: submit },
    element("label", { for: "room-secret" }, "Secret of this server"), secret,
    element("button", { class: "button" }, "Open a room"), note);
}

function card(code) {
  const scheme = window.location.protocol.slice(0, -1);
  return [element("div", { class: "room-card" },
    element("img", { src: `${prefix()}/follow/${code}/link.svg?scheme=${scheme}`, alt: "QR code of the link" }),
    element("div", {},
      element("p", {}, "Room ", element("strong", { class: "room-code" }, grouped(code))),
      element("p", {}, element("code", { id: "room-link" }, linkOf(code))),
      element("button", { class: "button", "data-copy-from": "room-link" }, "Copy link"),
      element("p", { class: "quiet" }, "Now open any page in this tab: whoever has the link sees it.")))];
}

if (led.get()) start();
