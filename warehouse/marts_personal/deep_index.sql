-- 深度标引：作品 × 本校作者 × 单位，一张表由此导出；每件本校作品至少有一行（作者未能对应的 author_position 为空）
-- grain: one row per work_id, author_position, unit_id
-- needs: author_unit, supervised_first, work_credit
-- author_grade：A 有 ORCID、邮箱等标识 | B 姓名与单位相符 | C 仅姓名等，已过认定线 | 待核 | 未在名册
-- unit_grade：A 署名 | B 名册（当时）| C 名册（现在）| 待核；role_grade：A 有注明 | B 弱证据 | 待定
-- credited_year 为按口径应计的年份；首次导出时定下的年份在账本里，导出以账本为准
with years as (
    select
        clusters.work_id,
        min(records.publication_year) as earliest_year
    from library.lake.records as records
    inner join library.lake.clusters as clusters on records.record_id = clusters.record_id
    group by clusters.work_id
),

type_names as (
    select
        document_type,
        min(name_zh) as name_zh
    from library.lake.document_types_dictionary
    group by document_type
),

policies as (
    select max(value) filter (where policy = 'credited_year') as credited_year
    from library.indicators.counting_policy
),

persons as (
    select
        person_id,
        arg_max(name_zh, coalesce(valid_from, '')) as name_zh,
        arg_max(person_type, coalesce(valid_from, '')) as person_type
    from lake.people
    group by person_id
),

authors as (
    select
        author_units.work_id,
        author_units.author_position,
        author_units.unit_id,
        author_units.unit_order,
        author_units.person_id,
        author_units.decision,
        author_units.unit_basis,
        author_units.byline_unit_id,
        author_units.affiliation_at_byline,
        author_units.unit_on_publication,
        author_units.share,
        matches.method,
        matches.evidence as author_evidence,
        roles.name as name_byline,
        roles.is_first,
        roles.is_co_first,
        roles.is_corresponding,
        roles.corresponding_evidence,
        roles.is_corresponding_disputed,
        roles.is_lead
    from marts.author_unit as author_units
    inner join library.indicators.author_role as roles
        on author_units.work_id = roles.work_id and author_units.author_position = roles.author_position
    left join lake.person_matches as matches
        on author_units.work_id = matches.work_id and author_units.author_position = matches.author_position
),

every as (
    select * from authors
    union all by name
    select
        credit.work_id,
        credit.unit_id,
        row_number() over (partition by credit.work_id order by credit.unit_id) as unit_order,
        credit.unit_basis,
        'unknown' as is_lead
    from marts.work_credit as credit
    where credit.own_authors_count = 0
)

select
    every.work_id,
    every.author_position,
    every.unit_id,
    every.unit_order,
    works.title,
    works.title_zh,
    works.document_type,
    coalesce(type_names.name_zh, works.document_type) as document_type_zh,
    works.venue,
    works.publication_year,
    case policies.credited_year
        when 'earliest' then coalesce(years.earliest_year, works.publication_year) else works.publication_year
    end as credited_year,
    works.volume,
    works.issue,
    works.first_page,
    works.last_page,
    works.article_number,
    works.doi,
    works.accession_wos,
    works.accession_ei,
    works.issn,
    works.eissn,
    works.author_count,
    works.is_early_access,
    works.is_retracted,
    every.person_id,
    persons.name_zh as person_name_zh,
    persons.person_type,
    every.name_byline,
    every.decision,
    every.author_evidence,
    credit.unit_name_zh,
    every.unit_basis,
    byline_units.name_zh as byline_unit_zh,
    hr_units.name_zh as unit_on_publication_zh,
    every.affiliation_at_byline,
    credit.is_primary,
    credit.primary_basis,
    case
        when credit.is_primary then 'primary' when credit.primary_basis = 'review' then 'review' else 'participating'
    end as college_role,
    every.is_first,
    every.is_co_first,
    every.is_corresponding,
    every.corresponding_evidence,
    every.is_corresponding_disputed,
    every.is_lead,
    case
        when every.is_first or every.author_position is null then null
        when supervised.work_id is not null then 'yes'
        when
            every.author_position = 2 or every.is_corresponding in ('yes', 'yes_weak')
            then case when leaders.decision = 'review' or every.decision = 'review' then 'unknown' else 'no' end
        else 'no'
    end as is_supervised_first,
    supervised.evidence as supervised_evidence,
    every.share,
    profile.* exclude (work_id),
    case
        when every.decision = 'match' and regexp_matches(every.method, 'orcid|email|record|review') then 'A'
        when every.decision = 'match' and regexp_matches(every.method, 'same|college') then 'B'
        when every.decision = 'match' then 'C'
        when every.decision = 'review' then '待核'
        when every.decision = 'no_match' then '未在名册'
        else '未对应'
    end as author_grade,
    case every.unit_basis when 'byline' then 'A' when 'hr' then 'B' when 'hr_current' then 'C' else '待核' end
        as unit_grade,
    case
        when every.author_position is null then '待定'
        when every.is_corresponding_disputed then '待核'
        when every.is_corresponding = 'yes_weak' then 'B'
        when every.is_corresponding = 'unknown' and not every.is_first then '待定'
        else 'A'
    end as role_grade
from every
inner join library.lake.works as works on every.work_id = works.work_id
inner join library.marts.work_index as profile on every.work_id = profile.work_id
cross join policies
left join type_names on works.document_type = type_names.document_type
left join years on every.work_id = years.work_id
left join persons on every.person_id = persons.person_id
left join marts.work_credit as credit on every.work_id = credit.work_id and every.unit_id = credit.unit_id
left join library.lake.units as byline_units on every.byline_unit_id = byline_units.unit_id
left join library.lake.units as hr_units on every.unit_on_publication = hr_units.unit_id
left join lake.person_matches as leaders on every.work_id = leaders.work_id and leaders.author_position = 1
left join marts.supervised_first as supervised
    on every.work_id = supervised.work_id and every.author_position = supervised.author_position
