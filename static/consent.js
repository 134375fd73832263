// Sends the banner's choice without a reload. Without this module the form does the same.

const form = document.querySelector("[data-consent-banner]");
const problem = document.querySelector("[data-consent-problem]");

async function choose(event) {
  event.preventDefault();
  if (form.ariaBusy) return;
  form.ariaBusy = "true";
  problem.textContent = "";
  const body = new URLSearchParams(new FormData(form));
  body.set(event.submitter.name, event.submitter.value);
  try {
    await send(body);
  } catch {
    problem.textContent = problem.dataset.consentProblem;
  }
  form.ariaBusy = null;
}

async function send(body) {
  const response = await fetch(form.action, { method: "POST", body, redirect: "manual" });
  if (response.type !== "opaqueredirect") throw new Error(`status ${response.status}`);

  document.dispatchEvent(new Event("consentchange"));
  const state = document.documentElement.dataset.consent;
  // The browser may not keep cookies at all.
  if (state === "ask") throw new Error("no cookie");
  for (const confirmation of document.querySelectorAll("[data-consent-confirmation]")) {
    confirmation.hidden = confirmation.dataset.consentConfirmation !== state;
    confirmation.focus();
  }
}

// The preferences page shows the stored choice, so there the reload is wanted.
if (form && !document.querySelector("[data-consent-preferences]")) {
  form.addEventListener("submit", choose);
}
