-- 全校、二级单位、期刊、学科 × 窗口的各项合计：通用指标行由此而来
-- grain: one row per entity_type, entity_id, window_id
-- needs: entity_work, work_measure, year_window
select * from library.main.entity_total('library.indicators.entity_work')
