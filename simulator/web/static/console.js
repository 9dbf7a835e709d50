// Keeps the console's page current, and lets its clock run. Without this script a reload does the same.
"use strict";

const EVERY = 1000;
const announcement = document.getElementById("announcement");
const live = document.getElementById("live");
let marker = markerOf(document);
let ahead = clockOffset(document);

function markerOf(page) {
  return page.getElementById("live").dataset.marker;
}

function clockOffset(page) {
  return Date.parse(page.querySelector("[data-clock]").dateTime) - Date.now();
}

function tick() {
  const time = new Date(Date.now() + ahead).toISOString().slice(11, 19);
  for (const each of document.querySelectorAll("[data-clock]")) each.textContent = time;
}

function isBusy(part) {
  return part.contains(document.activeElement) && document.activeElement.matches("button, input, select");
}

function selectorOf(element) {
  if (element.matches("summary")) return `#${CSS.escape(element.parentElement.id)} > summary`;
  return element.matches("a") ? `a[href="${CSS.escape(element.getAttribute("href"))}"]` : null;
}

function replacePart(part, newer) {
  const open = [...part.querySelectorAll("details[open]")].map((each) => each.id);
  const focused = part.contains(document.activeElement) ? selectorOf(document.activeElement) : null;
  part.replaceWith(newer);
  for (const each of newer.querySelectorAll("details")) each.open ||= open.includes(each.id);
  if (focused) newer.querySelector(focused)?.focus();
}

// Returns whether every part is current: one in which a button or a field has the focus stays as it is.
function replaceParts(page) {
  let current = true;
  for (const part of document.querySelectorAll("[data-live]")) {
    const newer = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!newer || part.outerHTML === newer.outerHTML) continue;
    if (isBusy(part)) current = false;
    else replacePart(part, newer);
  }
  return current;
}

async function update() {
  if (document.hidden) return;
  const newest = await (await fetch("/console/marker")).text();
  if (newest === marker) return;
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  ahead = clockOffset(page);
  if (replaceParts(page)) marker = markerOf(page);
  announcement.textContent = "The page was updated.";
}

async function run() {
  try {
    await update();
    live.textContent = "This page follows the simulator by itself.";
  } catch {
    live.textContent = "The simulator does not answer. This page tries again every second.";
  }
  setTimeout(run, EVERY);
}

setInterval(tick, EVERY);
run();
