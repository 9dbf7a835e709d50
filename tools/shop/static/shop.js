// What a browser with JavaScript does better. Every page works without this file.
"use strict";

// A button says what is going on, and cannot be pressed twice, until the next page is there.

const announcement = document.getElementById("announcement");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter || form.querySelector("[data-busy]");
  if (button && button.dataset.busy) {
    button.dataset.label = button.innerHTML;
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-disabled", "true");
    button.disabled = true;
    announcement.textContent = button.dataset.busy;
  }
});

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[data-label]")) {
      button.innerHTML = button.dataset.label;
      button.removeAttribute("aria-disabled");
      button.disabled = false;
    }
  }
  announcement.textContent = "";
});

// The card form: groups of four digits, and test cards at a click.

document.addEventListener("focusout", (event) => {
  const { id, value } = event.target;
  if (id === "number" && /^[\d\s-]{12,23}$/.test(value)) {
    event.target.value = value.replace(/\D/g, "").replace(/(\d{4})(?=\d)/g, "$1 ");
  } else if (id === "expiry" && /^\d{4}$/.test(value.trim())) {
    event.target.value = `${value.trim().slice(0, 2)} / ${value.trim().slice(2)}`;
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-card]");
  if (!button) return;
  const nextYear = (new Date().getFullYear() + 3) % 100;
  const values = { number: button.dataset.card.replace(/(\d{4})(?=\d)/g, "$1 "), expiry: `12 / ${nextYear}`, cvc: "123" };
  for (const [id, value] of Object.entries(values)) document.getElementById(id).value = value;
  document.getElementById("cvc").focus();
});

function showTestCardButtons() {
  for (const button of document.querySelectorAll("[data-card]")) button.hidden = false;
}

// The page of an order follows its payment: the server sends the status, and the page shows itself again.

const MOST_FAILURES = 5;

function follow() {
  const live = document.getElementById("live");
  if (!live || !live.dataset.follow) return;
  const events = new EventSource(live.dataset.follow);
  let failures = 0;
  events.addEventListener("status", (event) => {
    failures = 0;
    hideNotice();
    if (event.data !== document.getElementById("live").dataset.status) {
      refreshPage().catch(() => showNotice("The page could not be updated."));
    }
  });
  events.addEventListener("problem", (event) => showNotice(`${event.data}.`));
  events.addEventListener("end", (event) => {
    events.close();
    if (event.data !== "final") showNotice("This page does not follow the payment any more.");
  });
  events.addEventListener("error", () => {
    failures += 1;
    if (failures < MOST_FAILURES && events.readyState !== EventSource.CLOSED) return;
    events.close();
    showNotice("The connection is lost.");
  });
}

async function refreshPage() {
  const old = document.getElementById("live");
  const answer = await fetch(old.dataset.page);
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const live = page.getElementById("live");
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(document.adoptNode(live));
  document.title = page.title;
  const heading = live.querySelector("h1");
  announcement.textContent = heading.textContent;
  if (hadFocus) heading.focus();
  showTestCardButtons();
}

function showNotice(text) {
  const notice = document.getElementById("not-live");
  notice.firstElementChild.textContent = text;
  notice.hidden = false;
}

function hideNotice() {
  document.getElementById("not-live").hidden = true;
}

showTestCardButtons();
follow();
