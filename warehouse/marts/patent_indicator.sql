-- 专利指标行（全校与二级单位）：族数、授权率、技术广度、布局、剩余年限、权利要求、转化、校企共同申请
-- grain: one row per entity_type, entity_id, window_id, indicator_id, counting
-- needs: patent, patent_family
-- 按简单同族计数，一案双申只算一件；授权率不算在审的。族被引（pt.h）平台只按文献给，没有按族去重的施引，所以缺失而不是零
-- 有法律事件记录的平台才谈得上转移、许可
with universities as (
    select coalesce(
        (
            select min(unit_id) from lake.units
            where unit_kind = 'university'
        ),
        (
            select min(institution_id) from lake.institutions_dictionary
            where kind = 'own'
        )
    ) as unit_id
),

dates as (
    select max(left(delivered_at, 10)) as as_of
    from lake.patents
),

partners as (
    select
        patents.simple_kin_id,
        bool_or(regexp_matches(lower(parties.name), '公司|集团|\b(co|corp|corporation|inc|ltd|llc|gmbh|plc|company)\b'))
            as has_company
    from marts.patent as patents
    inner join lake.patent_parties as parties
        on patents.patent_id = parties.patent_id and parties.party_role in ('applicant', 'assignee_current')
    group by patents.simple_kin_id
),

families as (
    select
        families.*,
        unnest([
            { 'entity_type': 'university', 'entity_id': universities.unit_id },
            { 'entity_type': 'unit', 'entity_id': coalesce(unit_college.current_college_id, 'unresolved') }
        ], recursive := true),
        partners.has_company
    from marts.patent_family as families
    cross join universities
    left join indicators.unit_college as unit_college on families.unit_id = unit_college.unit_id
    left join partners on families.simple_kin_id = partners.simple_kin_id
    where families.is_own and not families.is_twin_counted_elsewhere
),

totals as (
    select
        entity_type,
        entity_id,
        count(*) as families_count,
        count(*) filter (where is_granted) as granted_count,
        count(*) filter (where is_granted or family_status in ('rejected', 'withdrawn', 'abandoned')) as decided_count,
        sum(subclasses_count) as subclasses_sum,
        count(nullif(subclasses_count, 0)) as classified_count,
        sum(jurisdictions_count) as jurisdictions_sum,
        sum(remaining_years) as remaining_sum,
        count(remaining_years) as remaining_known,
        count(*) filter (where family_status = 'granted_active') as active_count,
        sum(claims_count) as claims_sum,
        count(claims_count) as claims_known,
        count(*) filter (where is_granted and is_transferred) as transferred_count,
        count(is_transferred) filter (where is_granted) as transfer_known,
        count(*) filter (where has_company) as company_count
    from families
    where entity_id is not null
    group by entity_type, entity_id
),

long as (
    select
        entity_type,
        entity_id,
        unnest(cast([
            ('pt.families', families_count, families_count, families_count),
            ('pt.granted_share', granted_count, decided_count, decided_count),
            ('pt.breadth', subclasses_sum, classified_count, families_count),
            ('pt.family_size', jurisdictions_sum, families_count, families_count),
            ('pt.life', remaining_sum, remaining_known, active_count),
            ('pt.claims', claims_sum, claims_known, families_count),
            ('pt.transfer', transferred_count, transfer_known, granted_count),
            ('pt.coapplicant_company', company_count, families_count, families_count),
            ('pt.h', null, 0, families_count)
        ] as struct(indicator_id varchar, n_num double, n_den double, population double)[]), recursive := true)
    from totals
),

judged as (
    select
        long.*,
        definitions.kind,
        definitions.unit,
        definitions.def_version,
        case
            when long.population = 0 then 'not_applicable'
            when long.n_den = 0 then 'missing'
            when definitions.kind in ('share', 'mean') and long.n_den < 5 then 'suppressed'
            when definitions.kind in ('share', 'mean') and long.n_den < 10 then 'low_n'
            else 'ok'
        end as status
    from long
    inner join lake.indicators_dictionary as definitions on long.indicator_id = definitions.indicator_id
)

select
    judged.indicator_id,
    judged.def_version,
    judged.entity_type,
    judged.entity_id,
    'all' as window_id,
    cast(null as bigint) as year_from,
    cast(null as bigint) as year_to,
    dates.as_of,
    'full' as counting,
    case
        when judged.status in ('missing', 'not_applicable', 'suppressed') then null
        when judged.kind = 'share' then 100 * judged.n_num / judged.n_den
        when judged.kind = 'mean' then judged.n_num / judged.n_den
        else judged.n_num
    end as value,
    judged.unit,
    case when judged.status not in ('missing', 'not_applicable', 'suppressed') then judged.n_num end as n_num,
    judged.n_den,
    greatest(judged.population - judged.n_den, 0) as n_missing,
    case
        when
            judged.status in ('ok', 'low_n') and judged.kind = 'share'
            then 100 * library.main.wilson_low(judged.n_num, judged.n_den)
    end
        as ci_low,
    case
        when
            judged.status in ('ok', 'low_n') and judged.kind = 'share'
            then 100 * library.main.wilson_high(judged.n_num, judged.n_den)
    end
        as ci_high,
    case when judged.status in ('ok', 'low_n') and judged.kind = 'share' then 'wilson' end as ci_basis,
    judged.status,
    'patents ' || dates.as_of as sources
from judged
cross join dates
