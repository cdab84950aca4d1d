"""Opens a report from disk in headless Chromium with the network off, and checks what a reader would.

python browse.py REPORT COMPARISON_FOLDER SCREENSHOTS
"""

import base64
import csv
import json
import pathlib
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-device-scale-factor=1",
]
CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"


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


def opened(driver, report, width, height):
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": width < 600})
    driver.get(report.as_uri())
    WebDriverWait(driver, 30).until(lambda d: d.execute_script("return document.documentElement.dataset.drawn"))


def quiet(driver, report):
    """Nothing complained, and nothing but the page itself was asked for."""
    errors = [entry for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    check(not errors, f"the console says {errors}")
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            check(url == report.as_uri() or url.startswith("data:"), f"the page asked for {url[:200]}")


def visible(driver, chart, scenario):
    """Lines of a scenario that stand in a chart's drawing."""
    script = """const div = document.getElementById(arguments[0]);
        return div._fullData.filter(t => t.legendgroup === arguments[1] && t.visible === true)
            .filter(t => div.querySelector('.trace' + t.uid)).length;"""
    return driver.execute_script(script, chart, scenario)


def inside(driver, chart, name, year, value):
    """Moves the real pointer over a point, and returns what the box says."""
    div = driver.find_element(By.ID, chart)
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", div)
    script = """const div = document.getElementById(arguments[0]), l = div._fullLayout, box = div.getBoundingClientRect();
        const y = l.yaxis.type === 'log' ? l.yaxis.c2p(arguments[2]) : l.yaxis.l2p(arguments[2]);
        return [box.left + l._size.l + l.xaxis.l2p(arguments[1]), box.top + l._size.t + y];"""
    x, y = driver.execute_script(script, chart, year, value)
    actions = ActionChains(driver, duration=50)
    actions.w3c_actions.pointer_action.move_to_location(round(x) - 3, round(y))
    actions.w3c_actions.pointer_action.move_to_location(round(x), round(y))
    actions.perform()
    read = lambda d: d.execute_script(
        "return [...document.getElementById(arguments[0]).querySelectorAll('.hoverlayer text')].map(t => t.textContent).join('\\n')", chart)
    WebDriverWait(driver, 10).until(lambda d: read(d).strip())
    return read(driver)


def shoot(driver, path, width):
    height = driver.execute_script("return document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    picture = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    path.write_bytes(base64.b64decode(picture["data"]))
    check(path.stat().st_size > 50_000, f"{path} is almost empty")


def main():
    report, folder, pictures = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    pictures.mkdir(parents=True, exist_ok=True)
    summary = rows(folder, "summary.csv")
    names = [row["scenario"] for row in summary]
    compared = rows(folder, "comparison.csv")
    with tempfile.TemporaryDirectory() as profile:
        driver = browser(profile)
        try:
            for width, height in [(1280, 900), (390, 844)]:
                opened(driver, report, width, height)
                look(driver, names, width)
                toggle(driver, names)
                if width > 600:
                    hover(driver, compared, folder, names)
                decomposed(driver, rows(folder, "decomposition.csv"), names)
                quiet(driver, report)
                driver.execute_script("scrollTo(0, 0); document.querySelector('.chips').style.position = 'static'")
                shoot(driver, pictures / f"{folder.name}-{width}.png", width)
        finally:
            driver.quit()
    print("the page works")


def look(driver, names, width):
    check(driver.execute_script("return document.documentElement.scrollWidth") <= width, f"wider than {width} pixels")
    for heading in ["The answer", "Income gap", "Relative productivities", "Wage against the outside option", "Subsidy",
                    "What moved the gap", "Equilibria", "Parameters and their sources", "Scenario files", "Version and checksums"]:
        found = [h for h in driver.find_elements(By.TAG_NAME, "h2") if h.text == heading]
        check(len(found) == 1 and found[0].is_displayed(), f"no heading {heading}")
    charts = driver.find_elements(By.CSS_SELECTOR, ".chart")
    check(len(charts) >= 5, f"{len(charts)} charts")
    for chart in charts:
        drawn = chart.find_elements(By.CSS_SELECTOR, ".scatterlayer .trace")
        box = chart.find_element(By.CSS_SELECTOR, ".main-svg").size
        check(drawn and 0 < box["width"] <= width, f"{chart.get_attribute('id')} is not drawn: {len(drawn)}, {box}")
    check("<script>alert(" in driver.find_element(By.ID, "paths").text, "the title does not show as it is written")
    check(driver.execute_script("return window.hacked === undefined"), "a title ran as a script")
    for name in names:
        check(visible(driver, "gap", name) >= 1, f"{name} is not in the chart of the gap")


def toggle(driver, names):
    name = names[-1]
    chip = driver.find_element(By.CSS_SELECTOR, f'.chip[data-scenario="{name}"]')
    before = [visible(driver, chart, name) for chart in ("gap", "wage")]
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", chip)
    chip.click()
    WebDriverWait(driver, 10).until(lambda d: visible(d, "gap", name) == 0 and visible(d, "wage", name) == 0)
    check(chip.get_attribute("aria-pressed") == "false", "the button does not say that it is off")
    check(visible(driver, "gap", names[0]) >= 1, "another scenario went with it")
    chip.click()
    WebDriverWait(driver, 10).until(lambda d: [visible(d, chart, name) for chart in ("gap", "wage")] == before)
    check(chip.get_attribute("aria-pressed") == "true", "the button does not say that it is on")


def hover(driver, compared, folder, names):
    """The box names year and value, digit by digit as the table has them."""
    name = names[-1]
    path = [row for row in compared if row["scenario"] == name]
    row = path[len(path) // 3]
    same = [other for other in compared if other["year"] == row["year"]]
    for chart, column in [("gap", "income_gap"), ("wage", "w_P")]:
        said = inside(driver, chart, name, float(row["year"]), float(row[column]))
        check(row["year"] in said, f"{chart}: no year {row['year']} in {said}")
        for other in same:
            wanted = f"{other['scenario']} : {other[column]}"
            check(wanted in said, f"{chart}: no {wanted} in {said}")
    sector = [line for line in rows(folder / name, "sectors.csv") if line["t"] == row["t"]][0]
    said = inside(driver, "z-" + sector["sector"], name, float(row["year"]), float(sector["z"]))
    check(sector["z"] in said, f"z: no {sector['z']} in {said}")


def decomposed(driver, table, names):
    """Six signed parts whose last values are the table's; they add up to the line."""
    select = Select(driver.find_element(By.ID, "decomposed"))
    for name in names:
        select.select_by_value(name)
        script = """const div = document.getElementById('decomposition');
            const told = div._fullData.filter(t => t.hoverinfo !== 'skip');
            return told.map(t => [t.name, t.customdata[t.customdata.length - 1], t.stackgroup || '']);"""
        last = [row for row in table if row["scenario"] == name][-1]
        parts = ["static", "respecialisation", "catch_up", "learning", "shock", "trade"]
        wanted = {part: float(last["cum_" + part]) for part in parts}
        wanted["all together"] = float(last["cum_d_ln_gap"])
        WebDriverWait(driver, 10).until(lambda d: {n: v for n, v, _ in d.execute_script(script)} == wanted)
        drawn = driver.execute_script("return document.querySelectorAll('#decomposition .scatterlayer .trace').length")
        check(drawn >= 7, f"{drawn} areas and lines")
        for part, value, stack in driver.execute_script(script)[:-1]:
            check(stack in ("widens", "narrows"), f"{part} is not stacked")


if __name__ == "__main__":
    main()
