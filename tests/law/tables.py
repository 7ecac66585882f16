"""The first-hit tables that the rules must agree with, one line a row: `id [from..until] outcome: condition`."""

TABLES = {
    "export": """
export 2024-03-22.. first
X0 not-an-export: not data.leaves_mainland
X1 exempt: not data.personal_info and not data.important
X2 security-assessment: data.important
X3 security-assessment: actor.state_organ and data.personal_info
X4 exempt: data.foreign_origin_only
X5 exempt: export.scenario in ['individual-contract', 'cross-border-hr', 'emergency'] and export.scenario_necessary
X5b [2025-01-01..] exempt: export.scenario == 'statutory-duty' and export.scenario_necessary
X6 exempt: actor.negative_list == 'covered-off-list'
X7 security-assessment: actor.ciio
X8 security-assessment: export.persons_sensitive_ytd >= 10000
X9 security-assessment: export.persons_nonsensitive_ytd >= 1000000
X10 standard-contract-or-certification: export.persons_sensitive_ytd >= 1
X11 standard-contract-or-certification: export.persons_nonsensitive_ytd >= 100000
X12 exempt: True
""",
    "export_legacy": """
export 2022-09-01..2024-03-21 first
L0 not-an-export: not data.leaves_mainland
L1 exempt: not data.personal_info and not data.important
L2 security-assessment: data.important
L3 security-assessment: actor.ciio
L4 security-assessment: actor.persons_processed >= 1000000
L5 security-assessment: export.persons_since_prev_year >= 100000
L6 security-assessment: export.persons_sensitive_since_prev_year >= 10000
L7 standard-contract-or-certification: True
""",
    "genai": """
genai 2023-08-15.. first
G0 [2026-06-18..] barred: actor.sector & ['banking', 'insurance'] and not model.filed and model.adaptation in ['none', 'prompt-or-rag', 'fine-tuned']
G0b [2025-10-10..] barred: actor.sector & ['government'] and not model.filed
G1 out-of-scope: not service.offered_to_domestic_public
G2 barred: service.offered_to_domestic_public and not model.filed and route in ['openai-direct', 'foreign-api', 'reverse-proxy', 'azure-openai-global']
G3 filing: service.opinion_attribute and model.adaptation in ['fine-tuned', 'self-trained']
G4 filing: service.opinion_attribute and not model.filed
G5 registration: service.opinion_attribute and model.filed and model.adaptation in ['none', 'prompt-or-rag']
G6 baseline: True
""",
    "network": """
network .. first
N0 permitted: network.channel == 'none'
N1 prohibited: network.channel in ['self-built-or-vpn', 'resold-line']
N2 prohibited: network.channel == 'carrier-private-line-internal' and service.offered_to_domestic_public
N3 permitted: network.channel == 'carrier-private-line-internal'
N4 permitted: network.channel == 'public-internet-no-circumvention'
""",
    "vendor_terms": """
vendor_terms .. first
T1 region-excluded: terms.openai and (actor.establishment not in list.openai_api or not (users.countries <= list.openai_api) or not (staff.countries <= list.openai_api))
T2 region-excluded: terms.anthropic and (actor.establishment not in list.anthropic_api or not (users.countries <= list.anthropic_api) or not (staff.countries <= list.anthropic_api))
T3 [2025-09-05..] owner-excluded: terms.anthropic and actor.unsupported_owner_percent > 50
T4 region-excluded: provider == 'google_gemini_api' and (actor.establishment in list.gemini_absent or users.countries & list.gemini_absent)
T5 [2024-10-21..] region-excluded: provider == 'azure_openai' and actor.establishment == 'CN' and actor.kind == 'individual'
T7 relay: provider == 'relay'
T8 [2024-10-21..] enterprise-only: provider == 'azure_openai' and actor.establishment == 'CN'
T6 region-excluded: provider not in ['self_hosted', 'vllm', 'sglang', 'ollama', 'llamacpp', 'xinference'] and not provider.serves_mainland and (actor.mainland_entity or actor.establishment == 'CN' or users.countries & ['CN'] or service.offered_to_domestic_public)
T9 terms-not-read: provider == 'google_gemini_api' and actor.establishment not in list.gemini_present
T10 confirm-with-vendor: provider == 'google_vertex' and actor.establishment in list.china_region
T11 terms-not-read: provider in ['mistral', 'xai'] and actor.establishment in list.china_region
T12 served: provider in ['openai', 'azure_openai', 'anthropic', 'google_gemini_api', 'google_vertex', 'aws_bedrock', 'foreign_aggregator']
T13 no-region-rule: True
""",
    "licence": """
licence .. first
W0 not-applicable: provider not in ['self_hosted', 'vllm', 'sglang', 'ollama', 'llamacpp', 'xinference']
W1 free: model.licence in ['apache-2.0', 'mit']
W2 territory-barred: model.licence == 'llama-community-multimodal' and actor.establishment in list.eu
W3 territory-barred: model.licence == 'tencent-community' and (actor.establishment in list.tencent_excluded or users.countries & list.tencent_excluded)
W4 territory-barred: model.licence == 'minimax-h3' and (actor.establishment in list.minimax_h3_excluded or users.countries & list.minimax_h3_excluded)
W5 use-barred: model.licence == 'minimax-m27' and licence.commercial_use and not licence.written_permission
W6 licensed: model.licence == 'minimax-m27' and licence.commercial_use and licence.written_permission
W7 size-barred: model.licence in ['llama-community-text', 'llama-community-multimodal'] and service.monthly_active_users > 700000000 and not licence.written_permission
W8 size-barred: model.licence == 'tencent-community' and service.monthly_active_users > 100000000 and not licence.written_permission
W9 naming-duty: model.licence == 'kimi-modified-mit' and (service.monthly_active_users > 100000000 or actor.monthly_revenue_usd > 20000000)
W10 terms-not-read: model.licence == 'other'
W11 free: True
""",
    "lifecycle": """
lifecycle .. first
Y2 not-offered: provider == 'azure_21vianet' and model.vendor == 'openai'
Y4 [2026-08-25..] not-offered: provider == 'lingyiwanwu'
Y10 [2025-02-13..] retired: provider == 'azure_openai' and model.id == 'gpt-35-turbo' and model.version in ['0301', '0613']
Y11 [2025-04-30..] retired: provider == 'azure_openai' and model.id == 'gpt-35-turbo-16k'
Y12 [2025-06-06..] retired: provider == 'azure_openai' and model.id in ['gpt-4-32k']
Y13 [2025-06-06..] retired: provider == 'azure_openai' and model.id == 'gpt-4' and model.version in ['0314', '0613']
Y14 [2025-12-16..] retired: provider == 'azure_openai' and model.id in ['gpt-35-turbo', 'gpt-4']
Y15 [2026-10-01..] retired: provider == 'azure_openai' and model.id in ['gpt-4o', 'gpt-4o-mini']
Y16 [2026-10-14..] retired: provider == 'azure_openai' and model.id in ['gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano']
Y17 [2026-10-16..] retired: provider == 'azure_openai' and model.id in ['o3', 'o4-mini']
Y18 [2026-12-12..] retired: provider == 'azure_openai' and model.id == 'gpt-5.2'
Y19 [2026-12-15..] retired: provider == 'azure_openai' and model.id in ['whisper', 'tts', 'tts-hd']
Y20 [2027-02-06..] retired: provider == 'azure_openai' and model.id in ['gpt-5', 'gpt-5-mini', 'gpt-5-nano']
Y21 [2027-03-05..] retired: provider == 'azure_openai' and model.id == 'gpt-5.4'
Y22 [2027-04-15..] retired: provider == 'azure_openai' and model.id in ['text-embedding-ada-002', 'text-embedding-3-small', 'text-embedding-3-large']
Y23 [2027-04-23..] retired: provider == 'azure_openai' and model.id == 'gpt-5.5'
Y24 [2027-05-15..] retired: provider == 'azure_openai' and model.id == 'gpt-5.1'
Y25 [2026-07-03..2026-09-30] ending-soon: provider == 'azure_openai' and model.id in ['gpt-4o', 'gpt-4o-mini']
Y26 [2026-07-16..2026-10-13] ending-soon: provider == 'azure_openai' and model.id in ['gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano']
Y27 [2026-09-13..2026-12-11] ending-soon: provider == 'azure_openai' and model.id == 'gpt-5.2'
Y28 [2026-09-16..2026-12-14] ending-soon: provider == 'azure_openai' and model.id in ['whisper', 'tts', 'tts-hd']
Y29 [2026-11-08..2027-02-05] ending-soon: provider == 'azure_openai' and model.id in ['gpt-5', 'gpt-5-mini', 'gpt-5-nano']
Y40 [2024-01-04..] retired: provider == 'openai' and model.id in ['text-davinci-001', 'text-davinci-002', 'text-davinci-003', 'davinci', 'curie', 'babbage', 'ada']
Y41 [2026-10-23..] retired: provider == 'openai' and model.id in ['gpt-3.5-turbo', 'gpt-4', 'gpt-4-turbo', 'o1', 'o1-pro', 'o3-mini', 'o4-mini', 'gpt-4.1-nano']
Y42 [2026-10-23..] retired: provider == 'openai' and model.id == 'gpt-4o' and model.version == '2024-05-13'
Y43 [2026-12-11..] retired: provider == 'openai' and model.id in ['gpt-5', 'gpt-5-mini', 'gpt-5-nano', 'gpt-5-pro', 'o3', 'o3-pro']
Y44 [2027-01-14..] retired: provider == 'openai' and model.id in ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-4.1-mini']
Y45 [2027-04-01..] retired: provider == 'openai' and model.id == 'gpt-5.1'
Y46 [2026-09-12..2026-12-10] ending-soon: provider == 'openai' and model.id in ['gpt-5', 'gpt-5-mini', 'gpt-5-nano', 'gpt-5-pro', 'o3', 'o3-pro']
Y47 [2026-10-16..2027-01-13] ending-soon: provider == 'openai' and model.id in ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-4.1-mini']
Y1 not-offered: not route.api_available
Y99 available: True
""",
    "eu_transfer": """
eu_transfer 2018-05-25.. first
E0 out-of-scope: not data.personal_info
E1 out-of-scope: actor.private_use
E2 out-of-scope: actor.establishment not in list.eea and not eu.targets_people_in_eea
E3 no-transfer: data.destinations <= list.eea
E4 adequate: data.destinations <= list.eu_adequate
E5 adequate: data.destinations <= list.eu_adequate_with_dpf and transfer.recipient_dpf_certified
E6 contested: transfer.safeguards & ['scc', 'bcr', 'code-or-certification'] and transfer.tia == 'done-adequate' and data.destinations & list.eu_contested and not data.pseudonymised_key_kept
E7 safeguarded: transfer.safeguards & ['scc', 'bcr', 'code-or-certification'] and transfer.tia == 'done-adequate' and data.destinations & list.eu_contested
E8 safeguarded: transfer.safeguards & ['scc', 'bcr', 'code-or-certification'] and transfer.tia == 'done-adequate'
E9 derogation: transfer.derogation in ['explicit-consent', 'contract-necessity', 'public-interest', 'legal-claims', 'vital-interests'] and not transfer.repeated
E10 barred: True
""",
    "eu_ai_act": """
eu_ai_act .. all
applies out-of-scope in-order: ai_act.eu_reach
A1 [2025-02-02..] barred: 'prohibited-practice' in ai_act.use_case
A2 [2026-12-02..] barred: 'intimate-or-abuse-imagery' in ai_act.use_case
A3 [2026-08-02..] breach: 'provider' in ai_act.role and 'chatbot' in ai_act.use_case and not service.ai_notice_given
A4 [2026-08-02..] breach: 'provider' in ai_act.role and 'content-generation' in ai_act.use_case and not service.labels_implicit and service.placed_on >= '2026-08-02'
A5 [2026-08-02..2026-12-01] due-later: 'provider' in ai_act.role and 'content-generation' in ai_act.use_case and not service.labels_implicit and service.placed_on < '2026-08-02'
A6 [2026-12-02..] breach: 'provider' in ai_act.role and 'content-generation' in ai_act.use_case and not service.labels_implicit and service.placed_on < '2026-08-02'
A7 [2026-08-02..] breach: 'deployer' in ai_act.role and ai_act.use_case & ['deepfake', 'public-interest-text', 'emotion-recognition'] and not service.labels_explicit
A8 [2024-08-01..2027-12-01] due-later: 'high-risk-annex-iii' in ai_act.use_case and not ai_act.conformity_done
A9 [2027-12-02..] breach: 'high-risk-annex-iii' in ai_act.use_case and not ai_act.conformity_done
A10 [2024-08-01..2028-08-01] due-later: 'high-risk-annex-i' in ai_act.use_case and not ai_act.conformity_done
A11 [2028-08-02..] breach: 'high-risk-annex-i' in ai_act.use_case and not ai_act.conformity_done
""",
    "us_dsp": """
us_dsp 2025-04-08.. first
D1 out-of-scope: actor.establishment not in list.us
D2 exempt: us_dsp.exempt
D3 not-bulk: not us_dsp.bulk and not us_bulk.government_related
D4 barred: us_dsp.transaction == 'data-brokerage' and us_dsp.counterparty_covered
D5 barred: us_dsp.transaction == 'data-brokerage' and endpoint.operator_country not in list.us and not us_dsp.onward_clause
D6 onward-clause: us_dsp.transaction == 'data-brokerage' and endpoint.operator_country not in list.us
D7 not-covered: us_dsp.transaction == 'none'
D8 barred: us_dsp.omic_bulk and us_dsp.counterparty_covered
D9 restricted: us_dsp.counterparty_covered
D10 no-covered-person: True
""",
    "hk_personal_data": """
hk_personal_data .. first
H0 out-of-scope: not data.personal_info
H1 out-of-scope: actor.private_use
H2 out-of-scope: actor.establishment not in ['HK']
H3 processor-duties: True
""",
    "kr_transfer": """
kr_transfer 2023-09-15.. first
K0 out-of-scope: not data.personal_info
K1 out-of-scope: actor.establishment not in list.kr and not (data.subjects_in & list.kr)
K2 no-transfer: data.destinations <= list.kr
K3 [2025-09-16..] recognised: data.destinations <= list.kr_recognised
K4 consented: 'separate-consent' in kr.transfer_grounds
K5 by-law: 'law-or-treaty' in kr.transfer_grounds
K6 entrusted: 'contract-entrustment' in kr.transfer_grounds and kr.transfer_disclosed
K7 certified: 'certification' in kr.transfer_grounds
K8 barred: True
""",
    "kr_ai": """
kr_ai 2026-01-22.. all
applies out-of-scope in-order: users.countries & list.kr
R1 breach: len(service.generates_media) >=1 and not service.ai_notice_given
R2 breach: len(service.generates_media) >=1 and not service.labels_implicit and not service.labels_explicit
R3 representative: not kr.address and (kr.total_revenue_krw >= 1000000000000 or kr.ai_revenue_krw >= 10000000000 or kr.daily_users >= 1000000)
""",
    "vn_transfer": """
vn_transfer 2026-01-01.. first
V0 out-of-scope: not data.personal_info
V1 out-of-scope: actor.establishment not in list.vn and not (data.subjects_in & list.vn)
V2 no-transfer: data.destinations <= list.vn
V3 exempt: vn.transfer_exempt
V4 dossier-filed: vn.dossier_filed
V5 due-later: vn.days_since_first_transfer <= 60
V6 breach: True
""",
    "vn_ai": """
vn_ai 2026-03-01.. all
applies out-of-scope in-order: users.countries & list.vn
N1 breach: not service.ai_notice_given and service.placed_on >= '2026-03-01'
N2 breach: not service.labels_implicit and len(service.generates_media) >=1 and service.placed_on >= '2026-03-01'
N3 [..2027-02-28] due-later: service.placed_on < '2026-03-01' and (not service.ai_notice_given or (not service.labels_implicit and len(service.generates_media) >=1))
N4 [2027-03-01..2027-08-31] due-later: service.placed_on < '2026-03-01' and actor.sector & ['banking', 'insurance', 'healthcare', 'education'] and (not service.ai_notice_given or (not service.labels_implicit and len(service.generates_media) >=1))
N5 [2027-03-01..2027-08-31] breach: service.placed_on < '2026-03-01' and not (actor.sector & ['banking', 'insurance', 'healthcare', 'education']) and (not service.ai_notice_given or (not service.labels_implicit and len(service.generates_media) >=1))
N6 [2027-09-01..] breach: service.placed_on < '2026-03-01' and (not service.ai_notice_given or (not service.labels_implicit and len(service.generates_media) >=1))
""",
}
