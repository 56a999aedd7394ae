-- 某学科历期的位次、百分位与篇数，和去年同期比升了还是降了
-- 读法：“同期升位”为正是上升；三月与五月窗口不同，相邻期不可直接比，所以只和去年同月比；空为那一期没有名单
-- 参数：学科为 ESI 学科中文名，全部学科合计写“全部学科”
-- 数据库：library
with 参数 as (
    select '化学' as 学科
)

select
    positions.period as 期,
    positions.rank as 位次,
    positions.institutions_count as 机构数,
    round(100 * positions.position_percent, 2) as 百分位,
    positions.documents_count as 篇数,
    positions.citations_count as 被引,
    positions.top_papers_count as 顶级论文,
    positions.institution_threshold as 阈值,
    round(positions.threshold_ratio, 2) as 倍数,
    positions.same_season_period as 去年同期,
    -positions.same_season_rank_change as 同期升位
from marts.esi_field_position as positions
inner join 参数 on positions.esi_field_zh = 参数.学科
order by positions.period
