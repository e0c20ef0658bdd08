"use strict";
(function () {
  // Everything is there without this script: it filters, copies, and opens what a link leads to.
  function open(id) {
    var at = id && document.getElementById(id);
    if (at && at.tagName === "DETAILS") { at.open = true; }
  }
  function follow() { open(decodeURIComponent(location.hash.slice(1))); }
  addEventListener("hashchange", follow);
  document.addEventListener("click", function (e) {
    var link = e.target.closest && e.target.closest("a[href^='#']");
    if (link) { open(link.getAttribute("href").slice(1)); }
  });
  follow();

  document.querySelectorAll("pre.copy").forEach(function (pre) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", function () {
      var done = function () {
        button.textContent = "Copied";
        setTimeout(function () { button.textContent = "Copy"; }, 1500);
      };
      var select = function () {
        var range = document.createRange();
        range.selectNodeContents(pre);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        if (document.execCommand("copy")) { done(); }
      };
      if (navigator.clipboard) { navigator.clipboard.writeText(pre.textContent).then(done, select); } else { select(); }
    });
    pre.parentNode.insertBefore(button, pre);
  });

  // What is closed is printed too.
  var closed = [];
  addEventListener("beforeprint", function () {
    closed = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    closed.forEach(function (d) { d.open = true; });
  });
  addEventListener("afterprint", function () { closed.forEach(function (d) { d.open = false; }); });

  var form = document.getElementById("filters");
  if (!form) { return; }
  var groups = Array.prototype.slice.call(document.querySelectorAll("#findings .group"));
  var seen = {};
  groups.forEach(function (g) {
    var rule = g.dataset.rule;
    if (Object.prototype.hasOwnProperty.call(seen, rule)) { return; }
    seen[rule] = true;
    var option = document.createElement("option");
    option.value = option.textContent = rule;
    form.elements.rule.appendChild(option);
  });
  var texts = new Map();
  function textOf(element) {
    if (!texts.has(element)) { texts.set(element, element.textContent.toLowerCase()); }
    return texts.get(element);
  }
  function apply() {
    var severities = {};
    form.querySelectorAll("input[name=severity]:checked").forEach(function (box) { severities[box.value] = true; });
    var rule = form.elements.rule.value;
    var text = form.elements.text.value.trim().toLowerCase();
    var shown = 0, all = 0;
    groups.forEach(function (g) {
      var fits = severities[g.dataset.severity] === true && (rule === "" || g.dataset.rule === rule);
      var head = text !== "" && textOf(g.querySelector("h3")).indexOf(text) >= 0;
      var any = false;
      g.querySelectorAll(".finding").forEach(function (f) {
        var show = fits && (text === "" || head || textOf(f).indexOf(text) >= 0);
        f.hidden = !show;
        any = any || show;
        all++;
        if (show) { shown++; }
      });
      g.hidden = !any;
    });
    form.elements.shown.value = shown === all ? all + " listed" : shown + " of " + all;
    document.getElementById("none").hidden = shown > 0;
  }
  form.addEventListener("input", apply);
  form.addEventListener("submit", function (e) { e.preventDefault(); });
  form.hidden = false;
  apply();
})();
