import { LOCALE_ID, Pipe, PipeTransform, inject } from '@angular/core';
import { ApiTimeFormat, formatApiTime } from './api-time';

/** `{{ performance.starts_at | apiTime: 'dayAndTime' }}` */
@Pipe({ name: 'apiTime' })
export class ApiTimePipe implements PipeTransform {
  private readonly locale = inject(LOCALE_ID);

  transform(iso: string, format: ApiTimeFormat): string {
    return formatApiTime(iso, format, this.locale);
  }
}
