// Offers only the faults that fit what is chosen, and the fields that matter to the chosen one.
// Without this script the server refuses a fault that does not fit, and a list says which fields matter.
"use strict";

const target = document.getElementById("on");
const fault = document.getElementById("fault");
const every = [...fault.options];

function offerFitting() {
  const chosen = fault.selectedOptions[0];
  const fitting = every.filter((option) => option.dataset.targets.split(" ").includes(target.value));
  fault.replaceChildren(...fitting);
  (fitting.includes(chosen) ? chosen : fitting[0]).selected = true;
  describe();
}

function describe() {
  const words = fault.selectedOptions[0].dataset;
  document.getElementById("effect").textContent = words.effect;
  for (const name of ["seconds", "code"]) {
    const field = document.getElementById(name).parentElement;
    field.hidden = words[name] === "";
    field.querySelector(".hint").textContent = words[name];
  }
}

document.getElementById("both").hidden = true;
target.addEventListener("change", offerFitting);
fault.addEventListener("change", describe);
offerFitting();
