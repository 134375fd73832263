// Notes which campaign link led here, for 30 days, and counts it with a visit to the pages
// that campaigns are for; loaded only once marketing is allowed.

const SECONDS = 30 * 24 * 60 * 60;
const PARTS = ["utm_source", "utm_medium", "utm_campaign"];

// As peptidesite/campaigns/counting.py reads it.
function campaignOf(query) {
  const parts = PARTS.map((name) => query.get(name) ?? "");
  if (!parts.some(Boolean)) return null;
  const plain = (part) => part.toLowerCase().replace(/[^a-z0-9._-]/g, "-").slice(0, 40);
  return parts.map(plain).join("/");
}

const campaign = campaignOf(new URLSearchParams(location.search));
if (campaign) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `campaign=${campaign}; Max-Age=${SECONDS}; Path=/; SameSite=Lax${secure}`;
}

const goal = document.querySelector("[data-goal]");
const came = document.cookie.split("; ").some((text) => text.startsWith("campaign="));
if (goal && came) {
  navigator.sendBeacon("/campaigns/", new URLSearchParams({ goal: goal.dataset.goal }));
}
