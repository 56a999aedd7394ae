-- 全校、二级单位、期刊、学科 × 窗口的均值区间（自助法）
-- grain: one row per entity_type, entity_id, window_id, indicator_id
-- needs: counting_policy, entity_work, work_measure, year_window
select * from library.main.entity_interval('library.indicators.entity_work')
