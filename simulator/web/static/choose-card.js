// Fills the form in with a chosen test card. Without this script the button asks the server for the filled form.
"use strict";

const form = document.getElementById("card");

function fill(number) {
  const values = { cardNo: number, expiryMonth: "12", expiryYear: "39", cvv: "123" };
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements[name];
    field.value = value;
    field.removeAttribute("aria-invalid");
  }
  form.querySelector("button.primary").focus();
}

for (const button of document.querySelectorAll("button[name=chosenCard]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("mistake")?.remove();
    fill(button.value);
  });
}
