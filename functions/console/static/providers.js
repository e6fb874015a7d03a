// The providers of a channel in another order, by dragging one or by the arrow keys on its grip; an address, copied.
// Without script Up and Down do the same, and an address is selected by a click.

const main = document.getElementById("main")
const all = (query, within = main) => [...within.querySelectorAll(query)]
const tell = words => { document.getElementById("told").textContent = words }
const used = list => all(":scope > [data-used]", list)
const order = list => used(list).map(line => line.id).join()
// Less than this is a hand that trembles, and no change of mind.
const NEAR = 8
let held = null, before = "", way = 0, last = 0

function ready() {
  for (const each of all("[data-copy], [data-grip]")) {
    each.hidden = each.matches("[data-grip]") && used(each.closest("[data-routes]")).length < 2
  }
}
ready()
document.addEventListener("letterbook:renewed", ready)

// ---- saved as by a button, so that whoever was faster is heard of

function save(list, focus) {
  try { sessionStorage.moved = focus } catch {}
  document.getElementById(list.dataset.routes).requestSubmit()
}
addEventListener("submit", event => {
  if (event.submitter?.name === "move") try { sessionStorage.moved = event.submitter.value } catch {}
})
const moved = sessionStorage.moved ?? ""
delete sessionStorage.moved
if (moved && !main.querySelector("[data-focus]")) {
  const line = document.getElementById(`p-${moved.split(":").pop()}`)
  const button = all("button[name=move]").find(each => each.value === moved)
  const focus = button ?? line?.querySelector("[data-grip]:not([hidden])") ?? line
  focus?.focus()
}

// ---- by dragging

// Whoever comes upon another one takes its place, and gives it back on the way back.
function step(y) {
  const lines = used(held.parentElement), other = lines[lines.indexOf(held) + way], box = other?.getBoundingClientRect()
  if (!way || !box || (way > 0 ? y < box.top + NEAR : y > box.bottom - NEAR)) return
  if (way > 0) other.after(held)
  else other.before(held)
  step(y)
}
function drag(y) {
  if ((y - last) * way > 0) last = y
  else if (Math.abs(y - last) > NEAR) { way = Math.sign(y - last); last = y }
  step(y)
  scrollBy(0, y < 70 ? -14 : y > innerHeight - 30 ? 14 : 0)
}
function drop(keeps) {
  const list = held.parentElement, line = held
  held = null
  line.classList.remove("held")
  delete list.dataset.keep
  if (order(list) === before) return
  if (keeps) save(list, `grip:${line.id.slice(2)}`)
  else list.prepend(...before.split(",").map(id => document.getElementById(id)))
}
main.addEventListener("pointerdown", event => {
  const line = event.target.closest("[data-routes] > [data-used]"), grip = event.target.closest("[data-grip]")
  if (!line || event.button || !event.isPrimary || used(line.parentElement).length < 2) return
  // Its head alone: elsewhere somebody may be selecting words. With a finger the head scrolls the page.
  if (!grip && (event.pointerType !== "mouse" || !event.target.closest(".route") || event.target.closest("button"))) return
  held = line
  way = 0
  last = event.clientY
  before = order(line.parentElement)
  line.parentElement.dataset.keep = ""
})
addEventListener("pointermove", event => {
  if (!held) return
  event.preventDefault()
  held.classList.add("held")
  drag(event.clientY)
})
addEventListener("pointerup", () => { if (held) drop(true) })
addEventListener("pointercancel", () => { if (held) drop(false) })
addEventListener("keydown", event => {
  if (held && event.key === "Escape") drop(false)
  const grip = event.target.closest?.("[data-grip]")
  if (!grip || !["ArrowUp", "ArrowDown"].includes(event.key)) return
  event.preventDefault()
  const line = grip.closest("[data-used]"), list = line.parentElement, lines = used(list)
  const other = lines[lines.indexOf(line) + (event.key === "ArrowUp" ? -1 : 1)]
  if (!other) { tell(`${line.dataset.name} is ${event.key === "ArrowUp" ? "first" : "last"}`); return }
  if (event.key === "ArrowUp") other.before(line)
  else other.after(line)
  save(list, `grip:${line.id.slice(2)}`)
})

// ---- copied

main.addEventListener("click", async event => {
  const button = event.target.closest("[data-copy]")
  if (!button) return
  const copied = await navigator.clipboard?.writeText(button.dataset.copy).then(() => true, () => false)
  if (!copied) { getSelection().selectAllChildren(button.previousElementSibling); return }
  const words = button.firstChild
  words.data = "Copied"
  tell("Copied")
  setTimeout(() => { words.data = "Copy" }, 2000)
})
