-- 教职工 × 窗口的均值区间（自助法）
-- grain: one row per entity_type, entity_id, window_id, indicator_id
-- needs: person_staff_work
select * from library.main.entity_interval('marts.person_staff_work')
