// Offers only the faults that fit what is chosen. Without this script the server refuses the others by a sentence.
"use strict";

const target = document.getElementById("on");
const fault = document.getElementById("fault");
const every = [...fault.options];

function fit() {
  const chosen = fault.selectedOptions[0];
  const fitting = every.filter((option) => option.dataset.targets.split(" ").includes(target.value));
  fault.replaceChildren(...fitting);
  const same = fitting.includes(chosen) ? chosen : fitting.find((option) => option.value === chosen?.value);
  fault.value = "";
  (same ?? fitting[0]).selected = true;
}

target.addEventListener("change", fit);
fit();
