-- 与业绩系统对账：一致 / 角色不一致 / 待核 / 已报未收 / 库有未报，各附依据与原因
-- grain: one row per claim_number, work_id, person_id
-- needs: claim_match, deep_index
-- 库有未报只看申报所涉的年份（占申报 1 % 以上的）与申报人所属的人员类别，不含学位论文；同一人同一作品报了几次的各行都在，library 一侧只计一次
-- 共同第一作者各库不标，通讯“待定”不是“否”：凭申报无法判定的入待核
with authors as (
    select
        work_id,
        person_id,
        min(author_position) as author_position,
        arg_min(is_first, author_position) as is_first,
        arg_min(is_co_first, author_position) as is_co_first,
        arg_min(is_corresponding, author_position) as is_corresponding,
        arg_min(corresponding_evidence, author_position) as corresponding_evidence,
        arg_min(is_lead, author_position) as is_lead,
        arg_min(is_supervised_first, author_position) as is_supervised_first,
        arg_min(person_name_zh, author_position) as person_name_zh,
        arg_min(person_type, author_position) as person_type,
        string_agg(distinct unit_name_zh, '、' order by unit_name_zh) as units_zh
    from marts.deep_index
    where person_id is not null
    group by work_id, person_id
),

bounds as (
    select
        max(publication_year) as last_year,
        min(publication_year) as first_year
    from library.lake.works
),

roles as (
    select
        matches.*,
        authors.author_position,
        authors.is_first,
        authors.is_corresponding,
        authors.corresponding_evidence,
        authors.units_zh,
        string_split(coalesce(matches.claimed_role, ''), '+') as claimed_roles,
        authors.is_co_first,
        authors.is_lead,
        authors.is_supervised_first,
        count(*) over (partition by matches.person_id, matches.work_id) as claims_count
    from marts.claim_match as matches
    left join authors
        on matches.work_id = authors.work_id and matches.person_id = authors.person_id
),

differences as (
    select
        *,
        nullif(concat_ws(
            '；',
            case
                when list_contains(claimed_roles, 'first') and not is_first
                    then
                        '申报第一作者，署名第 ' || author_position
                        || case is_supervised_first when 'yes' then '（导师视同第一）' else '' end
            end,
            case
                when list_contains(claimed_roles, 'co_first') and not is_first and is_co_first = 'no'
                    then '申报共同第一作者，核对全文不是'
            end,
            case
                when
                    (list_contains(claimed_roles, 'corresponding') or list_contains(claimed_roles, 'co_corresponding'))
                    and is_corresponding = 'no'
                    then '申报通讯作者，记录注明是他人'
            end,
            case when claimed_role = 'participant' and is_first then '申报参与，署名第一' end,
            case when claimed_role = 'participant' and is_corresponding = 'yes' then '申报参与，记录注明为通讯作者' end,
            case
                when claimed_position is not null and claimed_position != author_position
                    then '申报排名第 ' || claimed_position || '，署名第 ' || author_position
            end
        ), '') as difference,
        nullif(concat_ws(
            '；',
            case
                when list_contains(claimed_roles, 'co_first') and not is_first and is_co_first = 'unknown'
                    then '共同第一作者须凭全文'
            end,
            case
                when
                    (list_contains(claimed_roles, 'corresponding') or list_contains(claimed_roles, 'co_corresponding'))
                    and is_corresponding = 'unknown'
                    then '通讯作者各库都没有说明'
            end
        ), '') as doubt
    from roles
),

judged as (
    select
        *,
        case
            when work_id is null or person_found in ('none', 'outside') then 'claimed_only'
            when works_count > 1 or person_found in ('review', 'open') then 'review'
            when difference is not null then 'role_differs'
            when doubt is not null then 'review'
            else 'agrees'
        end as category,
        case
            when work_id is null and publication_year > bounds.last_year
                then '申报的年份晚于本库数据（至 ' || bounds.last_year || ' 年）'
            when work_id is null and publication_year < bounds.first_year
                then '申报的年份早于本库数据（自 ' || bounds.first_year || ' 年）'
            when work_id is null and doi is null and doi_raw is not null then '本库没有找到；所填 DOI 不合规'
            when work_id is null and doi is null and accession_number is null then '本库没有找到；申报没有 DOI 与入藏号，只凭题名'
            when work_id is null then '本库没有这篇：检索未收，或题名、DOI 与入藏号有误'
            when works_count > 1 then '找到 ' || works_count || ' 件同样相符的作品'
            when person_found = 'outside' then '作品已收，署名中没有本校地址'
            when person_found = 'none' then '作品已收，署名中的本校作者都另有其人'
            when person_found = 'review' then '作品已收，此人是待核作者的候选之一'
            when person_found = 'open' then '作品已收，有未认定的本校作者，可能是此人'
            else nullif(concat_ws('；', difference, doubt), '')
        end as reason
    from differences
    cross join bounds
),

yearly as (
    select
        publication_year,
        count(*) as claims_count,
        sum(count(*)) over () as all_count
    from lake.claimed_works
    group by publication_year
),

claim_years as (
    select publication_year
    from yearly
    where publication_year is not null and claims_count >= 0.01 * all_count
),

claimant_types as (
    select distinct people.person_type
    from lake.claimed_works as claims
    inner join lake.people as people on claims.person_id = people.person_id
),

library_rows as (
    select authors.*
    from authors
    inner join library.lake.works as works on authors.work_id = works.work_id
    inner join claim_years on works.publication_year = claim_years.publication_year
    inner join claimant_types on authors.person_type = claimant_types.person_type
    where works.document_type is distinct from 'thesis'
),

names as (
    select
        person_id,
        arg_max(name_zh, coalesce(valid_from, '')) as name_zh
    from lake.people
    group by person_id
),

together as (
    select
        judged.claim_number,
        judged.category,
        judged.reason,
        judged.claim_id,
        judged.person_id,
        judged.name as claimed_name,
        judged.title as claimed_title,
        judged.doi as claimed_doi,
        judged.accession_number as claimed_accession,
        judged.publication_year as claimed_year,
        judged.claimed_role_raw,
        judged.claimed_role,
        judged.claimed_position,
        judged.claimed_unit,
        judged.claim_status,
        judged.claims_count,
        judged.matched_by,
        judged.person_found,
        judged.work_id,
        judged.author_position,
        judged.is_first,
        judged.is_co_first,
        judged.is_corresponding,
        judged.corresponding_evidence,
        judged.units_zh,
        library_rows.work_id is not null as is_library_row
    from judged
    left join library_rows on judged.work_id = library_rows.work_id and judged.person_id = library_rows.person_id
    union all by name
    select
        'library_only' as category,
        '本库已认定，业绩系统没有申报' as reason,
        library_rows.person_id,
        library_rows.work_id,
        library_rows.author_position,
        library_rows.is_first,
        library_rows.is_co_first,
        library_rows.is_corresponding,
        library_rows.corresponding_evidence,
        library_rows.units_zh,
        true as is_library_row
    from library_rows
    left join judged on library_rows.work_id = judged.work_id and library_rows.person_id = judged.person_id
    where judged.work_id is null
)

select
    together.*,
    case together.category
        when 'agrees' then '一致' when 'role_differs' then '角色不一致' when 'review' then '待核'
        when 'claimed_only' then '已报未收' else '库有未报'
    end as category_zh,
    names.name_zh as person_name_zh,
    works.title,
    works.venue,
    works.publication_year,
    works.doi,
    works.accession_wos,
    works.accession_ei
from together
left join library.lake.works as works on together.work_id = works.work_id
left join names on together.person_id = names.person_id
