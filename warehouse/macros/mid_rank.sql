-- 池内百分位（0–100，同值取中间）：score = 100 ×（较小者 + 相同者的一半）/ 有值者；参数为表名，表有 pool_id、person_id、value 三列
-- grain: one row per pool_id, person_id
-- 没有值的人不在池内（missing）；池内有值者不足 30 的不给分（suppressed），30–99 为 low_n
-- 超过 60 % 并列在最小值的不给分（zero_inflated）：画成“有 / 无”而不是一个点
create or replace macro library.main.mid_rank(members) as table
    with ranked as (
        select
            *,
            count(value) over (partition by pool_id) as pool_count,
            rank() over (partition by pool_id order by value) - 1 as less_count,
            count(*) over (partition by pool_id, value) as equal_count,
            min(value) over (partition by pool_id) as least
        from query_table(members)
        where value is not null
    ),

    scored as (
        select
            *,
            100.0 * (less_count + 0.5 * equal_count) / pool_count as score,
            count(*) filter (where value = least) over (partition by pool_id) > 0.6 * pool_count as is_inflated
        from ranked
    )

    select
        members.pool_id,
        members.person_id,
        members.value,
        scored.pool_count,
        case when scored.pool_count >= 30 and not scored.is_inflated then scored.score end as score,
        scored.score as raw_score,
        case
            when members.value is null then 'missing'
            when scored.pool_count < 30 then 'suppressed'
            when scored.is_inflated then 'zero_inflated'
            when scored.pool_count < 100 then 'low_n'
            else 'ok'
        end as status
    from query_table(members) as members
    left join scored on members.pool_id = scored.pool_id and members.person_id = scored.person_id;
