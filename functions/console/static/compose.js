// Composing: preview answers while somebody writes. Without script it is a form with buttons.

const form = document.querySelector("[data-compose]")
const one = (query, within = form) => within.querySelector(query)
// What cannot be shown yet is looked at again, so many milliseconds later each time.
const LATER = [2000, 3000, 5000]
// `seen`: whether the strip says what would become of what is written now.
let timer, asking = 0, whole = false, changed = false, seen = true, looks = 0

async function ask(all, name, value, over = {}) {
  clearTimeout(timer)
  whole ||= all
  const mine = ++asking, part = whole
  const data = new URLSearchParams(new FormData(form))
  data.set("do", part ? "review" : "look")
  if (name) data.set(name, value)
  for (const given in over) {
    data.delete(given)
    for (const each of over[given]) data.append(given, each)
  }
  if (all) one("#strip").setAttribute("aria-busy", "true")
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { "Letterbook-Fragment": "1" } }).catch(() => null)
  if (mine === asking) one("#strip").removeAttribute("aria-busy")
  if (!answer || answer.status === 401) document.dispatchEvent(new Event(answer ? "letterbook:signed-out" : "letterbook:unheard"))
  if (mine !== asking || !answer?.headers.get("content-type").startsWith("text/html")) return
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  if (mine !== asking) return
  whole = false
  seen = true
  const at = document.activeElement?.id, lead = one("#strip b").textContent
  const going = [...form.querySelectorAll("[data-going]")]
  for (const old of form.querySelectorAll(part ? "#strip, #form, #view" : "[data-look]")) {
    const fresh = page.getElementById(old.id)
    if (!fresh || fresh.outerHTML === old.outerHTML) continue
    if (old.id === "view") one("#why", fresh)?.toggleAttribute("open", !!one("#why", old)?.open)
    old.replaceWith(fresh)
  }
  // Files that are on their way stay in the list, and on their way.
  if (part) one("[data-upload]")?.before(...going)
  if (at && document.activeElement === document.body) document.getElementById(at)?.focus()
  if (one("#strip b").textContent !== lead) document.getElementById("told").textContent = one("#strip p").textContent
  lookLater()
}

function lookLater() {
  if (!one("[data-later]")) looks = 0
  else if (looks < LATER.length) timer = setTimeout(ask, LATER[looks++], false)
}

const told = document.getElementById("told")
const stripShows = () => { const { top, bottom } = one("#strip").getBoundingClientRect(); return top >= 0 && bottom <= innerHeight }

// The first press on what was not looked at shows what will happen; the next one sends it.
async function sendOrShow() {
  const wasSeen = seen && stripShows()
  if (!seen) await ask(false)
  const button = one("#strip [data-send]")
  if (wasSeen && button) form.requestSubmit(button)
  else {
    one("#strip").scrollIntoView({ block: "nearest" })
    told.textContent = one("#strip p").textContent + (button ? ` ${button.firstChild.textContent.trim()}: Ctrl and Enter once more.` : "")
  }
}

form.addEventListener("input", event => {
  if (event.target.type === "file") return
  changed = true
  seen = false
  asking++
  looks = 0
  clearTimeout(timer)
  timer = setTimeout(ask, 400, false)
})
form.addEventListener("change", event => {
  if (event.target.matches("[data-whole]")) { seen = false; ask(true) }
})
form.addEventListener("keydown", event => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return
  event.preventDefault()
  sendOrShow()
})
// upload.js: files have come to the vault.
form.addEventListener("letterbook:uploaded", () => { changed = true; seen = false; ask(true) })
form.addEventListener("submit", event => {
  const { name, value } = event.submitter ?? {}
  if (name === "do" && value !== "review") { changed = false; return }
  event.preventDefault()
  if (name === "drop") changed = true
  ask(true, name, value)
})
form.addEventListener("letterbook:give-back", async ({ detail }) => {
  changed = true
  await ask(true, undefined, undefined, detail.over)
  detail.done()
})
addEventListener("beforeunload", event => { if (changed && form.dataset.left === undefined) event.preventDefault() })
const answered = document.getElementById("answered")
if (answered && matchMedia("(max-width: 1100px)").matches) answered.open = false
form.classList.add("alive")
lookLater()
