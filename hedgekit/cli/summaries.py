"""First sentence of each command's help, so that ``hedgekit --help`` need not import the commands (a test compares)."""

SUMMARIES = {
    "hedge": "Size option hedges that truly hold a floor, beside a stop and holding less.",
    "structure": (
        "Measure option structures: exact extremes, probabilities under stated measures, margin, assignment."
    ),
    "pair": "Trade one leg against another: ratio, tests, whole shares.",
    "book": ("Value a book: marks at the touch, dollar greeks by ticker and expiry, beta-weighted with an interval."),
    "check": "Hold a book against a policy: every rule, its value and limit; ends with 0 or 1.",
    "policy": "Write policies for 'hedgekit check'.",
    "scenario": ("Revalue a book over moves of a benchmark, vol shocks and days ahead, and under recorded moves."),
    "allocate": "Size a position by age, tolerance and horizon, and by what a stop may cost.",
    "leadership": "Say whether small caps lead: relative strength, breadth, sectors, flows.",
    "screen": "Screen constituents by balance sheet, growth, insiders, volume and trend.",
    "rotate": "Rank sectors by relative strength and say what to buy, keep and sell.",
    "chain": "Read, inspect and solve an option chain.",
    "surface": "Fit a vol surface without static arbitrage to an option chain.",
    "record": "Replay past promises on real data and print what came of them, failures included.",
    "history": "Work through histories of option chains, on every core or a Dask cluster.",
    "price": "Price one option and its greeks.",
    "iv": "Find the implied vol of one option.",
    "report": "Make one HTML page of answers saved with --format json.",
    "config": "Show defaults set in hedgekit.toml, your own file and HEDGEKIT_* variables.",
    "doctor": "Check versions, the compiled core, extras, and hundreds of prices against vollib.",
}
