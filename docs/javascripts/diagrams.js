/* Draws the diagrams of a page with the Mermaid that lies beside this file. Where it is missing, their text stays. */
(() => {
  const here = document.currentScript.src;
  const blocks = [...document.querySelectorAll("pre.diagram")];
  if (blocks.length === 0) return; // most pages: nothing is loaded
  const texts = blocks.map((block) => block.textContent);

  async function draw() {
    const dark = document.body.dataset.mdColorScheme === "slate";
    const { fontFamily } = getComputedStyle(document.body);
    mermaid.initialize({ startOnLoad: false, theme: dark ? "dark" : "neutral", fontFamily });
    for (const [index, block] of blocks.entries()) {
      const { svg } = await mermaid.render(`diagram-${index}`, texts[index]);
      block.innerHTML = svg;
      block.classList.add("drawn");
    }
  }

  const script = document.createElement("script");
  script.src = new URL("mermaid/mermaid.tiny.js", here);
  script.onload = () => {
    draw();
    new MutationObserver(draw).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
  };
  document.head.append(script);
})();
