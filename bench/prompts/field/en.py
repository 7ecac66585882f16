"""English voices: mails, desks, chat in lower case, clinics, forms and machines, and prompts about nobody."""

MAIL = (
    "Hi {FFIRST.1},\n\nThanks for sending over the deck. {FEN.2} will join from Denver.\n\nBest,\n{FEN.3}",
    "Please tell {FEN.1} and {FEN.2} that the venue changed; RSVP to {FMAIL.3}.",
    "Fwd: lease at {FEADDR.1}\nTenant {FEN.1} can be reached on {FUS.1}. Rewrite politely.",
    "Dear Ms. {FLAST.1}, regarding your claim, our adjuster {FEN.2} will visit {FEADDR.1}.",
    "{FEN.1} asked me to forward this to {FEN.2} before Friday. Shorten it.",
    "Per {FEN.1}'s note, {FEN.2} approved the budget.",
    "Write a thank-you note to {FEN.1} for mentoring {FEN.2}.",
    "cc: {FLASTFIRST.1}; {FLASTFIRST.2} - agenda for {trap:f_date}",
)
DESK = (
    "Caller: {FEN.1}; callback {FUS.1}; issue: router {trap:f_version}; agent {FEN.2}",
    "Ticket {trap:f_uuid} opened by {FEN.1} ({FMAIL.1}) about refund of order {trap:f_range}",
    "Guest {FEN.1}, room 1204, passport {FPASS.1}, late checkout until noon.",
    "Deliver to {FEN.1}, {FEADDR.1}, phone {FUS.1}, leave with {FEN.2} next door.",
    "Account holder {FEN.1}, card {FCREDIT.1}, disputes two charges at {trap:f_words_en}.",
    "Driver {FEN.1} license plate ABX 4471 hit a pole; witness {FEN.2}, {FUS.2}.",
    "{FEN.1} called again. Toll-free {trap:f_tollfree} did not work for her.",
    "Reservation under {FLAST.1}, party of six, contact {FINTL.1}",
)
CHAT = (
    "can u text {FLOW.1} and ask if shes coming",
    "my roommate {FLOW.1} never does dishes lol what do i say",
    "hey its {FLOW.1}, new number {FUS.1}",
    "is {FLOW.1} still dating {FLOW.2}??",
    "tell {FFIRST.1} i'll be late, and {FFIRST.2} too",
    "i met {FEN.1} at the gym, should i add her on insta",
    "{FEN.1} ghosted me. rewrite: hey, you ok?",
    "CONTACT {FUP.1} ASAP AT {FUS.1}",
)
CLINIC = (
    "!Chart note: {FEN.1}, 61F, MRN {FMRN.1}, uncontrolled hypertension. Summarize.",
    "!{FEN.1} (DOB {FEDOB.1}) was referred by Dr. {FLAST.2} for a colonoscopy.",
    "!Discharge {FEN.1} on warfarin; caregiver {FEN.2} at {FUS.2}.",
    "!Therapist's notes on {FEN.1}: panic attacks since March.",
    "!Lab result for {FEN.1}: HbA1c 9.1. Explain to the patient.",
)
FORMS = (
    "Name: {FEN.1}\nSSN: {FSSN.1}\nDate of birth: {FEDOB.1}\nAddress: {FEADDR.1}\nFill the W-4",
    "first_name,last_name,email\n{FFIRST.1},{FLAST.1},{FMAIL.1}\n{FFIRST.2},{FLAST.2},{FMAIL.2}",
    "| Employee | Manager | Phone |\n|---|---|---|\n| {FEN.1} | {FEN.2} | {FUS.1} |",
    "PATIENT NAME: {FUP.1}   DOB: {FEDOB.1}",
    "Beneficiary {FEN.1}, IBAN {FIBAN.1}, amount USD {trap:f_amount}",
    "Attendees:\n- {FEN.1}\n- {FROMAN.2}\n- {FEN.3}\nDraft minutes",
    "Emergency contact: {FROMAN.1} (mother) {FINTL.1}",
    "Shipper: {FROMAN.1}, {FEADDR.1}; consignee: {FEN.2}",
    "Authors: {FEN.1}, {FROMAN.2}, and {FEN.3}. Format as APA.",
)
MACHINES = (
    '{{"customer":{{"full_name":"{FEN.1}","phone":"{FUS.1}"}},"ip":"{FIP.1}","trace":"{trap:f_uuid}"}}',
    '{{"contact": "{FEN.1}", "build": "{trap:f_version}"}}',
    "Signed-off-by: {FEN.1} <{FMAIL.1}>\ncommit {trap:f_commit}",
    "export TOKEN={FSECRET.1}  # owner {FEN.1}",
    "user={FMAIL.1} ip={FIP.1} host={trap:f_intranet} v={trap:f_version}",
    "UPDATE employees SET manager='{FEN.1}' WHERE name='{FROMAN.2}';",
    '{{"assignee": {{"displayName": "{FROMAN.1}"}}, "epoch": {trap:f_epoch}}}',
    '<attendee cn="{FEN.1}" mailto="{FMAIL.1}"/>',
)
NOBODY = (
    "What does {trap:f_words_en} mean for {trap:f_words_en}?",
    "Compare {trap:f_words_en} with {trap:f_words_en} in a table.",
    "Upgrade {trap:f_version} to {trap:f_version} behind {trap:f_intranet}; see {trap:f_standard}.",
    "Order {trap:f_order_eighteen} shipped as {trap:f_tracking}. ETA?",
    "Commit {trap:f_commit} broke {trap:f_words_en} on {trap:f_date}.",
    "Call {trap:f_tollfree} or write {trap:f_box}.",
    "Why is {trap:f_wrong_card} invalid? Part no. {trap:f_part_eleven}",
    "Explain {trap:f_formula} and {trap:f_isbn}.",
    "Is the {trap:f_words_en} open on {trap:f_date}?",
)
