-- severity: fail
-- ESI 名单的集合对不上：本期篇数应等于 新增 + 重新入选 + 持续，上期篇数应等于 持续 + 掉出；请核对该期名单是否被重复或部分导入
with members as (
    select
        period,
        list_kind,
        count(*) as members_count
    from indicators.esi_own_paper
    group by period, list_kind
),

changes as (
    select
        period,
        list_kind,
        count(*) filter (where change != 'dropped') as present_count,
        count(*) filter (where change in ('steady', 'dropped')) as previous_count
    from indicators.esi_change
    group by period, list_kind
)

select
    releases.period,
    releases.list_kind,
    coalesce(members.members_count, 0) as members_count,
    coalesce(changes.present_count, 0) as present_count,
    coalesce(previous.members_count, 0) as previous_members_count,
    coalesce(changes.previous_count, 0) as previous_count
from indicators.esi_release as releases
left join members on releases.period = members.period and releases.list_kind = members.list_kind
left join members as previous
    on releases.previous_period = previous.period and releases.list_kind = previous.list_kind
left join changes on releases.period = changes.period and releases.list_kind = changes.list_kind
where
    coalesce(members.members_count, 0) != coalesce(changes.present_count, 0)
    or coalesce(previous.members_count, 0) != coalesce(changes.previous_count, 0)
