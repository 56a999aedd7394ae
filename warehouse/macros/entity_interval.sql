-- 均值的 95 % 区间：自助法（对作品重抽 1 000 次，取 2.5 % 与 97.5 % 分位），种子 = hash(对象, 指标, 数据日期)，次次相同
-- grain: one row per entity_type, entity_id, window_id, indicator_id
-- n < 5 不给（均值本身不显示）；n 大于字典 counting_policy 的 bootstrap_max_n 时取自助分布的极限：其均值、方差、偏度、峰度
-- 都有准确公式，以 Cornish–Fisher 展开取分位，不再抽样
create or replace macro library.main.entity_interval(members) as table
    with measured as (
        select
            work_id,
            publication_year,
            unnest([
                { 'indicator_id': 'imp.cnci', 'value': cnci },
                { 'indicator_id': 'imp.jnci', 'value': jnci },
                { 'indicator_id': 'cit.wos_mean', 'value': citations_wos }
            ], recursive := true)
        from library.indicators.work_measure
        where is_counted
    ),

    grouped as (
        select
            members.entity_type,
            members.entity_id,
            windows.window_id,
            measured.indicator_id,
            any_value(windows.as_of) as as_of,
            list(measured.value order by measured.work_id) as numbers,
            count(*) as n,
            avg(measured.value) as mean,
            avg(measured.value ^ 2) as mean2,
            avg(measured.value ^ 3) as mean3,
            avg(measured.value ^ 4) as mean4
        from query_table(members) as members
        inner join measured on members.work_id = measured.work_id and measured.value is not null
        inner join library.indicators.year_window as windows
            on windows.window_id = 'all' or measured.publication_year between windows.year_from and windows.year_to
        group by members.entity_type, members.entity_id, windows.window_id, measured.indicator_id
        having count(*) >= 5
    ),

    seeded as (
        select
            *,
            hash(entity_id, indicator_id, as_of) as seed,
            n <= (
                select try_cast(value as bigint) from library.indicators.counting_policy
                where policy = 'bootstrap_max_n'
            ) as is_drawn,
            greatest(mean2 - mean ^ 2, 0) as variance
        from grouped
    ),

    drawn as (
        select
            entity_type,
            entity_id,
            window_id,
            indicator_id,
            quantile_cont(drawn_mean, [0.025, 0.975]) as bounds
        from (
            select
                entity_type,
                entity_id,
                window_id,
                indicator_id,
                unnest(list_transform(
                    range(1000),
                    lambda draw: list_sum(list_transform(
                    -- 移位乘法取 0..n−1；对 n 取余会变成 HUGEINT 运算，慢十七倍
                        range(n), lambda i: numbers[1 + ((cast(hash(seed, draw, i) >> 33 as bigint) * n) >> 31)]
                    )) / n
                )) as drawn_mean
            from seeded
            where is_drawn and variance > 0
        )
        group by entity_type, entity_id, window_id, indicator_id
    ),

    shaped as (
        select
            *,
            (mean3 - 3 * mean * mean2 + 2 * mean ^ 3) / variance ^ 1.5 / sqrt(n) as skewness,
            ((mean4 - 4 * mean * mean3 + 6 * mean ^ 2 * mean2 - 3 * mean ^ 4) / variance ^ 2 - 3) / n as kurtosis,
            1.959963984540054 as z
        from seeded
        where variance > 0
    )

    select
        seeded.entity_type,
        seeded.entity_id,
        seeded.window_id,
        seeded.indicator_id,
        seeded.n,
        case
            when seeded.variance = 0 then seeded.mean
            when drawn.bounds is not null then drawn.bounds[1]
            else shaped.mean + sqrt(shaped.variance / shaped.n) * (
                -z
                + (z ^ 2 - 1) * skewness / 6
                - (z ^ 3 - 3 * z) * kurtosis / 24
                + (2 * z ^ 3 - 5 * z) * skewness
                ^ 2 / 36
            )
        end as ci_low,
        case
            when seeded.variance = 0 then seeded.mean
            when drawn.bounds is not null then drawn.bounds[2]
            else shaped.mean + sqrt(shaped.variance / shaped.n) * (
                z
                + (z ^ 2 - 1) * skewness / 6
                + (z ^ 3 - 3 * z) * kurtosis / 24
                - (2 * z ^ 3 - 5 * z) * skewness
                ^ 2 / 36
            )
        end as ci_high,
        case
            when seeded.variance = 0 then 'constant' when drawn.bounds is not null then 'bootstrap' else 'limit'
        end as ci_basis
    from seeded
    left join drawn
        on
            seeded.entity_type = drawn.entity_type
            and seeded.entity_id = drawn.entity_id
            and seeded.window_id = drawn.window_id
            and seeded.indicator_id = drawn.indicator_id
    left join shaped
        on
            seeded.entity_type = shaped.entity_type
            and seeded.entity_id = shaped.entity_id
            and seeded.window_id = shaped.window_id
            and seeded.indicator_id = shaped.indicator_id;
