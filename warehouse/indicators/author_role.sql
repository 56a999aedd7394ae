-- 作者角色：第一、共同第一、通讯、主导；各库所说取“或”，有一库说“不是”的标出待核
-- grain: one row per work_id, author_position
-- is_corresponding: yes | yes_weak（仅有 2016 年前“唯一通讯人即第一作者”的弱证据）| no（WoS 2016 年起，或人工核对全文）| unknown
-- is_co_first: 导出文件都不标共同第一作者，只有字典 role_evidence 中人工核对的才是 yes 或 no，其余 unknown
-- is_lead = 第一 或 通讯；两者有一项未定而另一项不是“是”时为 unknown
with evidence as (
    select
        clusters.work_id,
        cast(told.author_position as bigint) as author_position,
        arg_max(told.value, told.date) filter (where told.role = 'corresponding') as corresponding,
        arg_max(told.evidence, told.date) filter (where told.role = 'corresponding') as corresponding_words,
        arg_max(told.value, told.date) filter (where told.role = 'co_first') as co_first,
        arg_max(told.evidence, told.date) filter (where told.role = 'co_first') as co_first_words
    from lake.role_evidence_dictionary as told
    inner join lake.records as records
        on told.work_ref = records.doi or told.work_ref = records.accession_number
    inner join lake.clusters as clusters on records.record_id = clusters.record_id
    group by clusters.work_id, told.author_position
),

told as (
    select
        authors.*,
        evidence.corresponding,
        evidence.corresponding_words,
        evidence.co_first,
        evidence.co_first_words,
        string_split(split_part(authors.corresponding_evidence, '；另有记录', 1), '；') as parts
    from lake.work_authorships as authors
    left join evidence
        on authors.work_id = evidence.work_id and authors.author_position = evidence.author_position
),

roles as (
    select
        *,
        case
            when corresponding is not null then corresponding
            when
                is_corresponding = 'yes'
                and len(list_filter(parts, lambda part: not contains(part, '(weak)'))) = 0
                then 'yes_weak'
            else is_corresponding
        end as corresponding_role
    from told
)

select
    work_id,
    author_position,
    name,
    name_native,
    name_key,
    coalesce(is_group_author, false) as is_group_author,
    is_first,
    coalesce(co_first, 'unknown') as is_co_first,
    co_first_words as co_first_evidence,
    corresponding_role as is_corresponding,
    coalesce(corresponding_words, corresponding_evidence) as corresponding_evidence,
    corresponding is null and coalesce(contains(corresponding_evidence, '另有记录'), false) as is_corresponding_disputed,
    case
        when is_first or corresponding_role in ('yes', 'yes_weak') then 'yes'
        when corresponding_role = 'no' then 'no'
        else 'unknown'
    end as is_lead
from roles
