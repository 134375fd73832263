// Says who else has the draft open while the page is. Without this module the page says it once.

const EVERY = 60_000;
const place = document.querySelector("[data-presence]");

function body() {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  return new URLSearchParams({
    csrfmiddlewaretoken: token,
    seen: place.dataset.presenceSeen,
  });
}

async function look() {
  if (document.hidden) return;
  try {
    const response = await fetch(place.dataset.presence, { method: "POST", body: body() });
    if (response.ok) show(await response.text());
  } catch {
    // The network is away; the next look may find it again.
  }
}

function show(markup) {
  const page = new DOMParser().parseFromString(markup, "text/html");
  const fresh = page.querySelector("[data-presence]");
  place.dataset.presenceSeen = fresh.dataset.presenceSeen;
  // What has not changed is not to be read out again.
  if (words(fresh) !== words(place)) place.replaceChildren(...fresh.children);
}

function words(element) {
  return element.textContent.replace(/\s+/g, " ").trim();
}

if (place) {
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", (event) => event.persisted && look());
  addEventListener("pagehide", () => navigator.sendBeacon(place.dataset.presenceLeft, body()));
}
