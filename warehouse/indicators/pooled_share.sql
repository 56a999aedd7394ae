-- 对象 × 窗口的被引学科份额（合并计算，看面有多宽）：参考文献合计、认出的
-- grain: one row per group_id, subject_category
-- needs: entity_work, work_measure, year_window
-- group_id = 对象类别|代码|窗口；认出 100 条以上且认出率 ≥ 60 % 的才有
with placed as (
    select
        members.entity_type || '|' || members.entity_id || '|' || windows.window_id as group_id,
        shares.subject_category,
        shares.references_weight
    from indicators.entity_work as members
    inner join indicators.work_measure as measures on members.work_id = measures.work_id and measures.is_counted
    inner join indicators.year_window as windows
        on windows.window_id = 'all' or measures.publication_year between windows.year_from and windows.year_to
    inner join lake.reference_categories as shares on members.work_id = shares.work_id
    where members.entity_type in ('university', 'unit', 'unit_then', 'field')
),

enough as (
    select group_id
    from placed
    group by group_id
    having
        sum(references_weight) filter (where subject_category is not null) >= 100
        and sum(references_weight) filter (where subject_category is not null) >= 0.6 * sum(references_weight)
)

select
    placed.group_id,
    placed.subject_category,
    sum(placed.references_weight) as weight
from placed
inner join enough on placed.group_id = enough.group_id
where placed.subject_category is not null
group by placed.group_id, placed.subject_category
