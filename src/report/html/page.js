// The page works without this: it sorts tables, moves between figures by arrow keys, and shows what is behind them.
(function () {
  "use strict";
  var tip = document.createElement("div");
  tip.id = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.body.appendChild(tip);

  function show(text, x, y) {
    tip.textContent = text;
    tip.hidden = false;
    var box = tip.getBoundingClientRect();
    var left = Math.min(Math.max(8, x + 14), window.innerWidth - box.width - 8);
    var top = y + 18 + box.height > window.innerHeight ? y - box.height - 12 : y + 18;
    tip.style.left = Math.max(8, left) + "px";
    tip.style.top = Math.max(8, top) + "px";
  }
  function hide() { tip.hidden = true; }

  // Texts of places on charts: ours in place of the browser's, which touch screens do not show.
  document.querySelectorAll(".plot .h").forEach(function (place) {
    var title = place.querySelector("title");
    var text = title.textContent;
    title.remove();
    place.addEventListener("pointermove", function (event) { show(text, event.clientX, event.clientY); });
    place.addEventListener("pointerdown", function (event) { show(text, event.clientX, event.clientY); });
    place.addEventListener("pointerleave", hide);
  });

  // Figures: the method behind each, on hover and on focus; one stop of the tab key a table, then arrow keys.
  document.querySelectorAll("table").forEach(function (table) {
    var first = true;
    table.querySelectorAll("td[title]").forEach(function (cell) {
      var text = cell.title;
      cell.removeAttribute("title");
      cell.tabIndex = first ? 0 : -1;
      cell.setAttribute("aria-description", text);
      first = false;
      cell.addEventListener("pointermove", function (event) { show(text, event.clientX, event.clientY); });
      cell.addEventListener("pointerleave", hide);
      cell.addEventListener("blur", hide);
      cell.addEventListener("focus", function () {
        var box = cell.getBoundingClientRect();
        show(text, box.left, box.bottom - 14);
      });
    });
    table.addEventListener("keydown", function (event) { move(table, event); });
    if (table.classList.contains("sorts")) { sortable(table); }
  });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { hide(); } });

  function move(table, event) {
    var step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    var cell = event.target.closest("td[tabindex]");
    if (!step || !cell) { return; }
    var rows = Array.from(table.tBodies[0].rows);
    var row = rows.indexOf(cell.parentNode);
    var column = cell.cellIndex;
    for (;;) {
      row += step[0];
      column += step[1];
      var next = rows[row] && rows[row].cells[column];
      if (!next) { return; }
      if (next.hasAttribute("tabindex")) {
        cell.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
        event.preventDefault();
        return;
      }
    }
  }

  function sortable(table) {
    var heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.append.apply(button, Array.from(head.childNodes));
      head.append(button);
      button.addEventListener("click", function () {
        var way = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", way);
        sort(table, column, way === "ascending" ? 1 : -1);
      });
    });
  }

  // Numbers by size, texts by letter; what is undefined comes last either way.
  function sort(table, column, way) {
    var body = table.tBodies[0];
    var rows = Array.from(body.rows).map(function (row) {
      var cell = row.cells[column];
      var key = cell.hasAttribute("data-sort") ? cell.getAttribute("data-sort") : cell.textContent.trim();
      var number = key === "" ? NaN : Number(key);
      return { row: row, empty: key === "" || key === "-", number: number, text: key };
    });
    rows.sort(function (a, b) {
      if (a.empty !== b.empty) { return a.empty ? 1 : -1; }
      if (!isNaN(a.number) && !isNaN(b.number)) { return way * (a.number - b.number); }
      return way * a.text.localeCompare(b.text);
    });
    rows.forEach(function (entry) { body.append(entry.row); });
  }

  // Print shows what is closed on the screen.
  var closed = [];
  window.addEventListener("beforeprint", function () {
    closed = Array.from(document.querySelectorAll("details:not([open]):not(.screen)"));
    closed.forEach(function (part) { part.open = true; });
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (part) { part.open = false; });
  });
})();
