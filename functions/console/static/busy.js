// A click that leads away is seen at once: what was pressed says so until the next page comes, and is not taken twice.

const LONGEST = 8000
let pressed = null

function free() {
  for (const each of document.querySelectorAll("[aria-busy=true]")) each.removeAttribute("aria-busy")
  pressed = null
}
function busy(control) {
  control.setAttribute("aria-busy", "true")
  setTimeout(free, LONGEST)
}

addEventListener("click", event => {
  const link = event.target.closest?.("a[href]")
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const here = link.hash && link.pathname === location.pathname && link.search === location.search
  if (!here && !link.target && !link.hasAttribute("download")) busy(link)
})
addEventListener("submit", event => {
  const form = event.target
  if (event.defaultPrevented || form.getAttribute("method") === "dialog") return
  if (form === pressed) { event.preventDefault(); return }
  if (form.getAttribute("method") === "post") pressed = form
  busy(event.submitter ?? form)
})
addEventListener("pageshow", free)
