-- severity: warn
-- 同一学科较新年份的高被引阈值高于较早年份：阈值应随年份变新而不升，请核对该期阈值表的列是否错位
select
    newer.period,
    newer.esi_field,
    newer.threshold_year,
    newer.threshold_value,
    older.threshold_value as older_threshold_value
from lake.esi_thresholds as newer
inner join lake.esi_thresholds as older
    on
        newer.period = older.period
        and newer.esi_field = older.esi_field
        and newer.threshold_kind = older.threshold_kind
        and newer.threshold_year = older.threshold_year + 1
where newer.threshold_kind = 'highly_cited' and newer.threshold_value > older.threshold_value
