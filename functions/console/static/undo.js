// What was just sent can be taken back for some seconds: they are counted, and then the offer goes away. Without script the page
// says how many there were, and Undo answers whether it came in time.
const ends = new WeakMap()
setInterval(() => {
  for (const part of document.querySelectorAll("[data-undo]")) {
    if (!ends.has(part)) ends.set(part, performance.now() + 1000 * part.dataset.undo)
    const left = Math.ceil((ends.get(part) - performance.now()) / 1000)
    const title = part.querySelector("h2")
    if (left > 0) title.textContent = `Sending in ${left} s`
    else {
      title.textContent = "Being sent"
      part.querySelector("p")?.remove()
      part.querySelector("form")?.remove()
      delete part.dataset.undo
    }
  }
}, 250)
