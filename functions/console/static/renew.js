// A page of progress asks for itself again until nothing moves; without script one reloads it.
const told = document.getElementById("told")
async function renew() {
  const shown = document.getElementById("renewed")
  if (!shown?.dataset.renew) return
  if (document.visibilityState === "visible") {
    const answer = await fetch(location.href, { headers: { "Letterbook-Fragment": "1" }, credentials: "same-origin" }).catch(() => null)
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html")
    const fresh = page && page.getElementById("renewed")
    if (fresh && fresh.textContent !== shown.textContent && !shown.contains(document.activeElement)) {
      shown.replaceWith(document.adoptNode(fresh))
      told.textContent = [...fresh.querySelectorAll(".tally div")].map(one => one.textContent).join(", ")
    }
  }
  setTimeout(renew, 4000)
}
setTimeout(renew, 2000)
