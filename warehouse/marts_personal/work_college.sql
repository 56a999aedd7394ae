-- 本校作品与现行学院：先凭署名地址；署名只到学校、实验室或已拆分单位的，凭名册中的作者（basis = 'hr'）；附本院作者的印刷形式
-- grain: one row per work_id, unit_id
-- needs: work_author
-- own_authors 最多列 8 人，一作与通讯在前按署名次序；other_own_authors_count 为本校其他单位的作者数
with byline as (
    select
        works.work_id,
        works.current_unit_id as unit_id,
        case
            when bool_or(works.leads = 'yes') then 'yes'
            when bool_or(works.leads = 'unknown') then 'unknown'
            else 'no'
        end as leads,
        bool_or(works.is_primary) as is_primary
    from library.marts.work_unit as works
    inner join library.marts.unit as units on works.current_unit_id = units.unit_id
    group by works.work_id, works.current_unit_id
),

hr as (
    select
        authors.work_id,
        authors.unit_id,
        case
            when bool_or(authors.is_first or authors.is_corresponding = 'yes') then 'yes'
            when bool_or(authors.is_corresponding = 'unknown') then 'unknown'
            else 'no'
        end as leads
    from marts.work_author as authors
    inner join library.marts.unit as units on authors.unit_id = units.unit_id
    where authors.unit_basis in ('hr', 'hr_current')
    group by authors.work_id, authors.unit_id
),

colleges as (
    select
        work_id,
        unit_id,
        leads,
        is_primary,
        'byline' as basis
    from byline
    union all
    select
        hr.work_id,
        hr.unit_id,
        hr.leads,
        false as is_primary,
        'hr' as basis
    from hr
    left join byline on hr.work_id = byline.work_id and hr.unit_id = byline.unit_id
    where byline.unit_id is null
),

marked as (
    select
        work_id,
        unit_id,
        author_position,
        author_name,
        nullif(concat_ws(
            '、',
            case when is_first then '一作' end,
            case when is_corresponding = 'yes' then '通讯' end,
            case when is_student then '学生' end,
            case decision when 'review' then '待核' when 'no_match' then '未在名册' end
        ), '') as marks,
        row_number() over (
            partition by work_id, unit_id
            order by (is_first or is_corresponding = 'yes') desc, author_position asc
        ) as place,
        count(*) over (partition by work_id, unit_id) as authors_count
    from marts.work_author
    where unit_id is not null
),

printed as (
    select
        work_id,
        unit_id,
        string_agg(author_name || coalesce('（' || marks || '）', ''), '，' order by author_position)
        || case when max(authors_count) > 8 then ' 等 ' || max(authors_count) || ' 人' else '' end as own_authors
    from marked
    where place <= 8
    group by work_id, unit_id
),

totals as (
    select
        work_id,
        count(*) as own_authors_count
    from marts.work_author
    group by work_id
),

in_unit as (
    select
        work_id,
        unit_id,
        count(*) as unit_authors_count
    from marts.work_author
    group by work_id, unit_id
)

select
    colleges.work_id,
    colleges.unit_id,
    colleges.leads,
    case colleges.leads when 'yes' then '主导' when 'no' then '参与' else '待定' end as role,
    colleges.is_primary,
    colleges.basis,
    coalesce(printed.own_authors, '本院作者待认') as own_authors,
    coalesce(in_unit.unit_authors_count, 0) as unit_authors_count,
    coalesce(totals.own_authors_count, 0) - coalesce(in_unit.unit_authors_count, 0) as other_own_authors_count
from colleges
left join printed on colleges.work_id = printed.work_id and colleges.unit_id = printed.unit_id
left join totals on colleges.work_id = totals.work_id
left join in_unit on colleges.work_id = in_unit.work_id and colleges.unit_id = in_unit.unit_id
