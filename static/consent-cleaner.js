// Deletes what services declared to keep in the browser, of the categories that are not allowed.

function pattern(name) {
  const letters = name.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${letters.join(".*")}$`);
}

function parents(host) {
  const labels = host.split(".");
  return labels.slice(0, -1).map((_, place) => labels.slice(place).join("."));
}

function paths(path) {
  const parts = path.split("/").filter(Boolean);
  return ["/", ...parts.flatMap((_, place) => {
    const upTo = `/${parts.slice(0, place + 1).join("/")}`;
    return [upTo, `${upTo}/`];
  })];
}

function deleteCookie(name, declaredPath) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  for (const path of new Set([...paths(location.pathname), ...paths(declaredPath)])) {
    for (const domain of ["", ...parents(location.hostname)]) {
      document.cookie = `${name}=; Max-Age=0; Path=${path}${domain && `; Domain=${domain}`}${secure}`;
    }
  }
}

const NAMES = {
  cookie: () => document.cookie.split("; ").map((text) => text.split("=")[0]),
  local: () => Object.keys(localStorage),
  session: () => Object.keys(sessionStorage),
  indexed: async () => (await indexedDB.databases()).map((database) => database.name),
};
const DELETE = {
  cookie: deleteCookie,
  local: (name) => localStorage.removeItem(name),
  session: (name) => sessionStorage.removeItem(name),
  indexed: (name) => indexedDB.deleteDatabase(name),
};

// Takes the address of the declarations, and the bits of what is allowed.
export async function takeBack(address, bits) {
  const declared = await (await fetch(address)).json();
  for (const [bit, kind, name, path] of declared) {
    if (!(bit & bits)) {
      const names = (await NAMES[kind]()).filter((found) => pattern(name).test(found));
      for (const found of names) DELETE[kind](found, path);
    }
  }
}
