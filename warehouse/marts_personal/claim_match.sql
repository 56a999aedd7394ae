-- 业绩系统的申报找到了哪件作品、那件作品上有没有这个人
-- grain: one row per claim_number
-- needs: deep_index
-- matched_by：doi | accession | title（题名相同，年份相差不超过一年）| near_title（只在此人自己的作品里找，题名相差不到 8 % 的字，短题名只许差一字）
-- 先取署名中有此人的作品，再按上面的次序，再取同年的；仍不止一件时 works_count > 1，须人工看
-- person_found：match 已认定 | review 候选之一 | open 作品上有未认定的本校作者 | none 作品上的本校作者都另有其人 | outside 作品没有本校地址
with claims as (
    select
        rowid as claim_number,
        *,
        case
            when length(title_key) < 8 then 0 when length(title_key) < 16 then 1
            else greatest(2, cast(floor(0.08 * length(title_key)) as bigint))
        end as slips,
        -- damerau_levenshtein 数的是字节，一个汉字三个
        greatest(1, round(strlen(title_key) / greatest(length(title_key), 1))) as character_bytes
    from lake.claimed_works
),

keys as (
    select distinct
        clusters.work_id,
        records.doi,
        upper(records.accession_number) as accession_number,
        records.publication_year,
        unnest([records.title_key, records.title_other_key]) as title_key
    from library.lake.records as records
    inner join library.lake.clusters as clusters on records.record_id = clusters.record_id
),

-- 入藏号写不写 WOS: 都认
numbers as (
    select
        claim_number,
        unnest([
            upper(trim(accession_number)), 'WOS:' || regexp_replace(upper(trim(accession_number)), '^WOS:', '')
        ]) as accession_number
    from claims
    where accession_number is not null
),

persons as (
    select
        work_id,
        person_id,
        'match' as person_found
    from lake.person_matches
    where decision = 'match'
    union all
    select
        work_id,
        unnest(string_split(candidate_ids, ';')) as person_id,
        'review' as person_found
    from lake.person_matches
    where decision = 'review' and candidate_ids is not null
),

exact as (
    select
        claims.claim_number,
        keys.work_id,
        1 as preference
    from claims
    inner join keys on claims.doi = keys.doi
    union
    select
        numbers.claim_number,
        keys.work_id,
        2 as preference
    from numbers
    inner join keys on numbers.accession_number = keys.accession_number
    union
    select
        claims.claim_number,
        keys.work_id,
        3 as preference
    from claims
    inner join keys on claims.title_key = keys.title_key
    where
        claims.title_key != ''
        and coalesce(abs(claims.publication_year - keys.publication_year), 0) <= 1
),

exact_claims as (
    select distinct claim_number from exact
),

-- 都没有找到的才看题名相近的：先列出此人自己的作品，再比题名
own_titles as materialized (
    select
        claims.claim_number,
        claims.title_key,
        claims.slips,
        claims.character_bytes,
        keys.work_id,
        keys.title_key as own_title_key
    from claims
    inner join persons on claims.person_id = persons.person_id
    inner join keys on persons.work_id = keys.work_id
    left join exact_claims as known on claims.claim_number = known.claim_number
    where
        known.claim_number is null
        and claims.slips > 0
        and coalesce(abs(claims.publication_year - keys.publication_year), 0) <= 1
        and abs(length(claims.title_key) - length(keys.title_key)) <= claims.slips
),

near as (
    select
        claim_number,
        work_id,
        4 as preference
    from own_titles
    where damerau_levenshtein(title_key, own_title_key) <= slips * character_bytes
),

found as (
    select * from exact
    union
    select * from near
),

best as (
    select
        found.claim_number,
        found.work_id,
        min(found.preference) as preference,
        coalesce(any_value(claims.publication_year) != any_value(works.publication_year), true) as is_other_year
    from found
    inner join claims on found.claim_number = claims.claim_number
    inner join library.lake.works as works on found.work_id = works.work_id
    group by found.claim_number, found.work_id
),

open_works as (
    select
        work_id,
        bool_or(decision is null or decision in ('review', 'no_match')) as is_open
    from marts.deep_index
    group by work_id
),

judged as (
    select
        best.*,
        case
            when bool_or(persons.person_found = 'match') then 'match'
            when bool_or(persons.person_found = 'review') then 'review'
            when any_value(open_works.work_id) is null then 'outside'
            when any_value(open_works.is_open) then 'open'
            else 'none'
        end as person_found
    from best
    inner join claims on best.claim_number = claims.claim_number
    left join persons on best.work_id = persons.work_id and claims.person_id = persons.person_id
    left join open_works on best.work_id = open_works.work_id
    group by best.claim_number, best.work_id, best.preference, best.is_other_year
),

ranked as (
    select
        *,
        row_number() over (
            partition by claim_number
            order by
                case person_found when 'match' then 0 when 'review' then 1 else 2 end,
                preference, is_other_year, work_id
        ) as place,
        count(*) over (
            partition by
                claim_number, case person_found when 'match' then 0 when 'review' then 1 else 2 end,
                preference, is_other_year
        ) as works_count
    from judged
)

select
    claims.* exclude (slips, character_bytes),
    ranked.work_id,
    ranked.works_count,
    ranked.person_found,
    case ranked.preference when 1 then 'doi' when 2 then 'accession' when 3 then 'title' when 4 then 'near_title' end
        as matched_by
from claims
left join ranked on claims.claim_number = ranked.claim_number and ranked.place = 1
