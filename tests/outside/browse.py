"""Opens a report from disk in headless Chromium with the network off, and checks what a reader would see and do.

python browse.py REPORT COMPARISON_FOLDER SCREENSHOTS
"""

import base64
import csv
import json
import pathlib
import re
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-device-scale-factor=1",
]
CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
# Phone, narrow laptop, laptop, projector.
SCREENS = [(390, 844), (1072, 800), (1440, 900), (1920, 1080)]
HEADINGS = [
    "The answer", "The paths, best first", "What the answer hangs on", "Income gap", "Wage in P", "Growth", "How far a cluster is from collapse", "What moved the gap",
    "What happens when", "Equilibria", "Parameters and their sources", "Scenario files", "Version and checksums",
]
PARTS = {
    "static": "static benefit of clusters", "respecialisation": "change of specialisation", "catch_up": "catch-up",
    "learning": "learning", "shock": "shocks", "trade": "opening and closing of trade", "d_ln_gap": "total",
}
# Column of a picture, and whether it is shown in per cent.
SHOWN = {"gap": ("income_gap", False), "wage": ("w_P", False), "growth": ("growth_P", True), "margin": ("margin", True)}
# The drawing of a figure that is shown: the broad one, or the narrow one.
DRAWING = "const drawing = [...document.getElementById(arguments[0]).querySelectorAll('figure svg')].find(s => s.getClientRects().length && s.querySelector('.panel'));"


def browser(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in [*FLAGS, f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.get("about:blank")
    driver.get_log("performance")  # what the browser asks for when it starts
    driver.execute_cdp_cmd("Network.enable", {})
    offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    return driver


def check(holds, what):
    if not holds:
        sys.exit(what)


def rows(folder, table):
    with open(folder / table, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def called(folder):
    """For each name in the tables what the page calls the run: what its label says beyond the title that all share."""
    found = {row["scenario"]: row["label"].rsplit(": ", 1)[-1] for row in rows(folder, "summary.csv")}
    check(len(set(found.values())) == len(found), f"two runs are called the same: {found}")
    return found


def as_shown(folder, table):
    """Rows of a table, its runs called as on the page."""
    names = called(folder)
    return [{**row, "scenario": names[row["scenario"]]} for row in rows(folder, table)]


def opened(driver, report, width, height):
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": width < 600})
    driver.get(report.as_uri())
    WebDriverWait(driver, 30).until(lambda d: d.execute_script("return document.documentElement.dataset.ready"))


def quiet(driver, report):
    """Nothing complained, and nothing but the page itself was asked for."""
    errors = [entry for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    check(not errors, f"the console says {errors}")
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            check(url == report.as_uri() or url.startswith("data:"), f"the page asked for {url[:200]}")


def look(driver, names, width):
    overflow = driver.execute_script("return document.documentElement.scrollWidth")
    check(overflow <= width, f"{overflow} pixels wide on a screen of {width}")
    cut = driver.execute_script(
        "return [...document.querySelectorAll('main *')].filter(e => !e.closest('svg, .chips') && e.scrollWidth > e.clientWidth + 1 && e.clientWidth)"
        ".map(e => e.tagName + '.' + e.className + ' in ' + (e.closest('section') || {}).id + ': ' + e.textContent.slice(0, 60))")
    check(not cut, f"at {width} pixels wider than there is room: {cut}")
    headings = [h.text for h in driver.find_elements(By.TAG_NAME, "h2") if h.is_displayed()]
    # The regions go by their own names.
    headings = ["Wage in P" if heading.startswith("Wage in ") else heading for heading in headings]
    check(headings == HEADINGS, f"headings {headings}")
    for name in SHOWN:
        found = driver.execute_script(DRAWING + """const box = drawing.getBoundingClientRect();
            const texts = [...drawing.querySelectorAll('text')].filter(t => t.getClientRects().length);
            return [box.width, drawing.querySelectorAll('.line').length, Math.min(...texts.map(t => parseFloat(getComputedStyle(t).fontSize) * drawing.getScreenCTM().a))];""", name)
        check(0 < found[0] <= width and found[1] >= 1, f"{name} is not drawn: {found}")
        check(found[2] >= 8, f"{name}: text of {found[2]} pixels at {width}")
    paths = driver.find_element(By.ID, "paths").text
    check("<script>alert(" in paths, "the title does not show as it is written")
    check(driver.execute_script("return window.hacked === undefined"), "a title ran as a script")
    check(all(text in paths for pair in names.items() for text in pair), "a path is missing, or what files call it")


def at(driver, figure, panel, year, value):
    """Where a point of a picture is on the screen, from what the picture says of itself."""
    driver.execute_script(DRAWING + "drawing.querySelectorAll('.panel')[arguments[1]].scrollIntoView({block: 'center'})", figure, panel)
    return driver.execute_script(DRAWING + """const p = drawing.querySelectorAll('.panel')[arguments[1]].dataset, n = k => Number(p[k]);
        const x = n('left') + (arguments[2] - n('x0')) / (n('x1') - n('x0')) * (n('right') - n('left'));
        const v = arguments[3], share = p.log === 'true' ? Math.log(v / n('y0')) / Math.log(n('y1') / n('y0')) : (v - n('y0')) / (n('y1') - n('y0'));
        const at = new DOMPoint(x, n('bottom') - share * (n('bottom') - n('top'))).matrixTransform(drawing.getScreenCTM());
        return [at.x, at.y];""", figure, panel, year, value)


def point(driver, x, y):
    actions = ActionChains(driver, duration=20)
    actions.w3c_actions.pointer_action.move_to_location(round(x) + 2, round(y))
    actions.w3c_actions.pointer_action.move_to_location(round(x), round(y))
    actions.perform()


def said(driver):
    """What the box says: its heading, none if there is no box, and a value for each name."""
    return driver.execute_script("""const tip = document.querySelector('.tip');
        return !tip ? [null, {}] : [tip.querySelector('b').textContent, Object.fromEntries([...tip.querySelectorAll('tr')].map(r => [r.cells[0].textContent, r.cells[1].textContent]))];""")


def five(text, percent):
    """A cell as the box shows it."""
    if text == "":
        return "–"
    value = float(text) * (100 if percent else 1)
    if value != 0 and not 1e-4 <= abs(value) < 1e7:
        shown = re.sub("e([+-])0", r"e\1", f"{value:.3e}").replace("-", "−")
        return shown + (" %" if percent else "")
    shown = f"{float(f'{value:.4e}'):.10f}".rstrip("0").rstrip(".").replace("-", "−")
    return shown + (" %" if percent else "")


def hover(driver, compared, names):
    """The box names the year and every run's value, five digits of it; a click brings all digits of the table."""
    years = sorted({row["year"] for row in compared}, key=float)
    for figure, (column, percent) in SHOWN.items():
        for year in [years[1], years[len(years) // 3], years[-1]]:
            cells = {row["scenario"]: row[column] for row in compared if row["year"] == year}
            value = next((float(cell) for cell in cells.values() if cell), 0.0) * (100 if percent else 1)
            x, y = at(driver, figure, 0, float(year), value)
            point(driver, x, y)
            heading, values = said(driver)
            check(heading == year, f"{figure}: {heading} instead of {year}")
            check(values == {name: five(cell, percent) for name, cell in cells.items()}, f"{figure} {year}: {values} for {cells}")
    ActionChains(driver).click().perform()
    heading, values = said(driver)
    check(values == {name: cell or "–" for name, cell in cells.items()}, f"all digits: {values} for {cells}")
    check(driver.find_element(By.ID, "exact").get_attribute("aria-pressed") == "true", "the button does not say that all digits are shown")
    ActionChains(driver).click().perform()
    check(said(driver)[1] == {name: five(cell, percent) for name, cell in cells.items()}, f"five digits again: {said(driver)}")
    crosses = driver.execute_script("return [...document.querySelectorAll('.cross')].filter(c => c.getClientRects().length).length")
    check(crosses >= len(SHOWN), f"the line is in {crosses} pictures")


def decomposed(driver, folder, start):
    """Under the pointer the parts are the table's, for the run of the panel."""
    table = as_shown(folder, "decomposition.csv")
    runs = driver.execute_script(DRAWING + "return [...drawing.querySelectorAll('.panel')].map(p => Number(p.dataset.i))", "decomposition")
    names = list(dict.fromkeys(row["scenario"] for row in table))
    for place, run in enumerate(runs):
        path = [row for row in table if row["scenario"] == names[run]]
        row = path[len(path) // 2]
        x, y = at(driver, "decomposition", place, start + float(row["t"]), 0.0)
        point(driver, x, y)
        heading, values = said(driver)
        check(str(heading).endswith(f"· {names[run]}"), f"decomposition: {heading}, not {names[run]}")
        wanted = {words: five(row["cum_" + part], False) for part, words in PARTS.items()}
        check("total" in values and len(values) >= 2, f"decomposition: {values}")
        for words, value in values.items():
            check(wanted[words] == value, f"decomposition of {names[run]}: {words} {value}, not {wanted[words]}")


def seen(driver, run):
    """How many elements of a run are shown, in pictures and tables apart."""
    return driver.execute_script("""const all = [...document.querySelectorAll(`[data-i="${arguments[0]}"]`)].filter(e => e.getClientRects().length);
        return [all.filter(e => e.closest('svg')).length, all.filter(e => !e.closest('svg')).length];""", str(run))


def toggle(driver, names):
    run = len(names) - 1
    chip = driver.find_element(By.CSS_SELECTOR, f'.chip[data-run="{run}"]')
    before, other = seen(driver, run), seen(driver, 0)
    check(min(before) > 0, f"{names[run]} is not shown: {before}")
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()", chip)
    check(seen(driver, run) == [0, 0], f"{names[run]} is still shown: {seen(driver, run)}")
    check(seen(driver, 0) == other, "another path went with it")
    check(chip.get_attribute("aria-pressed") == "false", "the button does not say that it is off")
    chip.click()
    check(seen(driver, run) == before, f"{names[run]} did not come back whole")
    driver.find_element(By.ID, "alone").click()
    pressed = [c.get_attribute("aria-pressed") for c in driver.find_elements(By.CSS_SELECTOR, ".chip")]
    check(pressed.count("true") == 1 and seen(driver, run) == [0, 0], f"baseline only: {pressed}")
    driver.find_element(By.ID, "all").click()
    check(seen(driver, run) == before, "not all came back")


def ticks(driver):
    """Years written below the picture of the gap."""
    return driver.execute_script(DRAWING + """return [...drawing.querySelectorAll('.tick-x, .own-tick')]
        .filter(t => t.localName === 'text' && t.getClientRects().length).map(t => Number(t.textContent));""", "gap")


def zoom(driver, compared, names):
    years = sorted({float(row["year"]) for row in compared})
    a, b = years[len(years) // 5], years[2 * len(years) // 5]
    whole, paths = ticks(driver), line(driver)
    (x1, y), (x2, _) = at(driver, "gap", 0, a, 1.5), at(driver, "gap", 0, b, 1.5)
    actions = ActionChains(driver, duration=20)
    actions.w3c_actions.pointer_action.move_to_location(round(x1), round(y))
    actions.w3c_actions.pointer_action.pointer_down()
    actions.w3c_actions.pointer_action.move_to_location(round((x1 + x2) / 2), round(y))
    actions.w3c_actions.pointer_action.move_to_location(round(x2), round(y))
    actions.w3c_actions.pointer_action.pointer_up()
    actions.perform()
    near = ticks(driver)
    slack = (years[-1] - years[0]) / 100
    check(near and a - slack <= min(near) and max(near) <= b + slack, f"ticks {near} for {a} to {b}")
    check(line(driver) != paths, "the lines did not move")
    # What stands under the pointer is still the table's.
    middle = years[3 * len(years) // 10]
    place = driver.execute_script(DRAWING + """const p = drawing.querySelector('.panel').dataset, n = k => Number(p[k]);
        const x = n('left') + (arguments[1] - arguments[2]) / (arguments[3] - arguments[2]) * (n('right') - n('left'));
        const at = new DOMPoint(x, (n('top') + n('bottom')) / 2).matrixTransform(drawing.getScreenCTM()); return [at.x, at.y];""", "gap", middle, a, b)
    point(driver, *place)
    heading, values = said(driver)
    check(heading and abs(float(heading) - middle) <= slack, f"{heading} under the pointer instead of {middle}")
    cells = {row["scenario"]: five(row["income_gap"], False) for row in compared if row["year"] == heading}
    check(values == cells, f"seen closer: {values} for {cells}")
    # The points of a line lie under the line at that date.
    check(driver.execute_script("return document.querySelectorAll('.spot').length") > 0, "no points at the line")
    ActionChains(driver).double_click().perform()
    check(ticks(driver) == whole and line(driver) == paths, "a double click does not bring all years back")


def line(driver):
    return driver.execute_script(DRAWING + "return [...drawing.querySelectorAll('.line')].map(l => l.getAttribute('d'))", "gap")


def keyboard(driver, compared):
    years = sorted({row["year"] for row in compared}, key=float)
    figure = driver.find_element(By.CSS_SELECTOR, "#gap figure")
    point(driver, 1, 1)
    driver.execute_script("arguments[0].focus()", figure)
    press = lambda *keys: ActionChains(driver).send_keys(*keys).perform()
    press(Keys.HOME)
    check(said(driver)[0] == years[0], f"Home: {said(driver)}")
    press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    check(said(driver)[0] == years[2], f"two steps right: {said(driver)}")
    check(figure.get_attribute("aria-valuetext").startswith(f"{years[2]}: "), figure.get_attribute("aria-valuetext"))
    press(Keys.END)
    check(said(driver)[0] == years[-1], f"End: {said(driver)}")
    press(Keys.ARROW_LEFT)
    check(said(driver)[0] == years[-2], f"a step left: {said(driver)}")
    press("d")
    cells = {row["scenario"]: row["income_gap"] for row in compared if row["year"] == years[-2]}
    check(said(driver)[1] == cells, f"d: {said(driver)} for {cells}")
    press("d")
    whole = ticks(driver)
    press("+", "+")
    check(len(ticks(driver)) > 1 and max(ticks(driver)) - min(ticks(driver)) < (whole[-1] - whole[0]) / 2, f"+: {ticks(driver)}")
    press("-")
    press(Keys.ESCAPE)
    check(ticks(driver) == whole, f"Escape: {ticks(driver)}")
    press(Keys.ESCAPE)
    check(said(driver)[0] is None, "a second Escape leaves the box")


def touch(driver, compared):
    """A finger on a picture brings the line, sideways it moves it; the box stands where no finger covers it."""
    years = sorted({row["year"] for row in compared}, key=float)
    first, second = years[len(years) // 4], years[len(years) // 2]
    send = lambda kind, *points: driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})
    start, end = at(driver, "gap", 0, float(first), 1.5), at(driver, "gap", 0, float(second), 1.5)
    send("touchStart", start)
    slack = (float(years[-1]) - float(years[0])) / 100
    check(said(driver)[0] and abs(float(said(driver)[0]) - float(first)) <= slack, f"{said(driver)} under the finger instead of {first}")
    for share in range(1, 6):
        send("touchMove", (start[0] + (end[0] - start[0]) * share / 5, start[1]))
    send("touchEnd")
    heading, values = said(driver)
    check(heading and abs(float(heading) - float(second)) <= slack, f"{heading} after moving instead of {second}")
    cells = {row["scenario"]: five(row["income_gap"], False) for row in compared if row["year"] == heading}
    check(values == cells, f"by touch: {values} for {cells}")
    bottom = driver.execute_script("const b = document.querySelector('.tip').getBoundingClientRect(); return [b.left, b.right, b.bottom, innerWidth, innerHeight]")
    check(abs(bottom[2] - bottom[4]) < 1 and bottom[0] >= 0 and bottom[1] <= bottom[3], f"the box is at {bottom}")


def printed(driver, path):
    """Prints to a few A4 pages."""
    driver.execute_script("document.activeElement.blur()")
    pdf = base64.b64decode(driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})["data"])
    path.write_bytes(pdf)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    check(2 <= pages <= 8, f"{pages} pages on paper")


def shoot(driver, path, width):
    driver.execute_script("scrollTo(0, 0); document.querySelector('.controls').style.position = 'static'")
    height = driver.execute_script("return document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    picture = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    path.write_bytes(base64.b64decode(picture["data"]))
    check(path.stat().st_size > 50_000, f"{path} is almost empty")


def main():
    report, folder, pictures = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    pictures.mkdir(parents=True, exist_ok=True)
    names = called(folder)
    compared = as_shown(folder, "comparison.csv")
    with tempfile.TemporaryDirectory() as profile:
        driver = browser(profile)
        try:
            for width, height in SCREENS:
                opened(driver, report, width, height)
                look(driver, names, width)
                toggle(driver, list(names.values()))
                if width < 600:
                    touch(driver, compared)
                if width == 1440:
                    hover(driver, compared, names)
                    decomposed(driver, folder, float(compared[0]["year"]) - float(compared[0]["t"]))
                    zoom(driver, compared, names)
                    keyboard(driver, compared)
                    printed(driver, pictures / f"{folder.name}.pdf")
                quiet(driver, report)
                shoot(driver, pictures / f"{folder.name}-{width}.png", width)
        finally:
            driver.quit()
    print("the page works")


if __name__ == "__main__":
    main()
